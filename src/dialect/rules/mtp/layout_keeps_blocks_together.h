#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/pipeline_layout.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLayoutKeepsBlocksTogether = {
    .code = "POLICY1609",
    .title = "MTP blocks that a pipeline layout tears apart",
    .dests = {"pipeline_model_parallel_layout", "mtp_num_layers", "pipeline_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          const auto stages = KnownLayout(a);
          const std::int64_t blocks = a.Int("mtp_num_layers");
          if (!stages || blocks <= 0 || Pp(a) <= 0 || CountInLayout(*stages, 'm') != blocks) {
            return false;
          }
          const auto ranks = static_cast<std::size_t>(Pp(a));
          std::string flat;
          for (std::size_t i = 0; i < stages->size(); ++i) {
            const std::string& stage = (*stages)[i];
            const std::int64_t here = std::count(stage.begin(), stage.end(), 'm');
            if (here != 0 && (here != blocks || i + ranks < stages->size())) return true;
            flat += stage;
          }
          return flat.find('t', flat.find('m')) != std::string::npos;
        },
    .why =
        "builds all MTP blocks in one piece of a layout, behind every layer, in the last "
        "round of pieces",
    .fix = "write the letters m of {pipeline_model_parallel_layout} together behind the last t",
    .valid = "E...tm...L",
    .source = "pipeline_parallel_layer_layout.py:validate_layer_layout",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --mtp-num-layers 2 --pipeline-model-parallel-layout Et*8|mt*8mL !--num-layers-"
        "per-virtual-pipeline-stage",
    .passes =
        "gpt --mtp-num-layers 2 --pipeline-model-parallel-layout Et*8|t*8mmL !--num-layers-"
        "per-virtual-pipeline-stage",
};

}  // namespace nam56r::dialect::rules
