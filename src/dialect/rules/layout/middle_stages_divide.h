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

inline constexpr ArgumentRule kMiddleStagesDivide = {
    .code = "POLICY1014",
    .dests = {"decoder_first_pipeline_num_layers", "decoder_last_pipeline_num_layers",
              "pipeline_model_parallel_size"},
    .refuses = [](const Args& a, const Args&) { return UnevenStagesDoNotFit(a); },
    .why = "deals what the first and the last stage leave evenly to the stages between",
    .fix = "choose sizes that leave a multiple of the stages between",
    .valid = "sizes that leave as many layers as the other stages hold",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
