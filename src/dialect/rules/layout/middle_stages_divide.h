#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

// First and last stage by hand: what is left must come out even over the stages between.
inline bool UnevenStagesDoNotFit(const Args& a) {
  const bool first = !a.IsNull("decoder_first_pipeline_num_layers");
  const bool last = !a.IsNull("decoder_last_pipeline_num_layers");
  if ((!first && !last) || !a.IsNull("pipeline_model_parallel_layout")) return false;
  const std::int64_t chunks = VirtualStages(a);
  std::int64_t layers = a.Int("num_layers");
  std::int64_t stages = Pp(a);
  if (layers <= 0 || stages <= 0) return true;
  for (const char* dest :
       {"decoder_first_pipeline_num_layers", "decoder_last_pipeline_num_layers"}) {
    if (a.IsNull(dest)) continue;
    const std::int64_t own = a.Int(dest);
    if (own <= 0 || own % chunks != 0) return true;
    layers -= own;
    --stages;
  }
  if ((layers != 0) != (stages != 0)) return true;
  return stages != 0 && (layers % stages != 0 || layers / stages % chunks != 0);
}

// What the blamed one may be while the other stays.
inline Values StageSizesThatFit(const Args& a) {
  const bool first = !a.IsNull("decoder_first_pipeline_num_layers");
  const std::int64_t other = first ? a.Int("decoder_last_pipeline_num_layers") : 0;
  const bool both = first && !a.IsNull("decoder_last_pipeline_num_layers");
  if (Pp(a) <= 0 || a.Int("num_layers") <= 0 || (both && (Pp(a) < 2 || other <= 0))) {
    return {"not given"};
  }
  const std::int64_t middle = Pp(a) - (both ? 2 : 1);
  const std::int64_t left = a.Int("num_layers") - other;
  if (middle == 0 && left > 0) return {std::to_string(left)};
  constexpr std::int64_t kMost = 4096;
  const std::int64_t chunks = VirtualStages(a);
  Values sizes;
  for (std::int64_t own = chunks; own < std::min(left, kMost); own += chunks) {
    if ((left - own) % middle == 0 && (left - own) / middle % chunks == 0) {
      sizes.push_back(std::to_string(own));
    }
  }
  if (sizes.empty()) return {"not given"};
  return sizes;
}

inline constexpr ArgumentRule kMiddleStagesDivide = {
    .code = "POLICY1014",
    .title = "First and last stage that leave layers over",
    .dests = {"decoder_first_pipeline_num_layers", "decoder_last_pipeline_num_layers",
              "pipeline_model_parallel_size", "num_layers"},
    .refuses = [](const Args& a, const Args&) { return UnevenStagesDoNotFit(a); },
    .why = "deals what the first and the last stage leave evenly to the stages between",
    .fix =
        "choose sizes that leave the stages between a multiple of their number, and nothing "
        "where there are none",
    .source =
        "transformer_config.py:TransformerConfig.__post_init__; the code of 2025 built fewer "
        "layers "
        "and said nothing (NVIDIA/Megatron-LM issues 1778 and 2718)",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = StageSizesThatFit,
    .fails =
        "gpt --pipeline-model-parallel-size 1 !--num-layers-per-virtual-pipeline-stage "
        "--decoder-last-pipeline-num-layers 1",
    .passes = "gpt !--num-layers-per-virtual-pipeline-stage --decoder-last-pipeline-num-layers 6",
};

}  // namespace nam56r::dialect::rules
