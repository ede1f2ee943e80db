#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDepthIsThatOfThePattern = {
    .code = "PLAN1603",
    .title = "An MTP depth that disagrees with the pattern",
    .dests = {"mtp_num_layers", "hybrid_layer_pattern"},
    .refuses =
        [](const Args& a, const Args& raw) {
          const std::int64_t depth = MtpDepthOfPattern(a.Text("hybrid_layer_pattern"));
          return depth > 0 && raw.Given("mtp_num_layers") && !raw.IsNull("mtp_num_layers") &&
                 raw.Int("mtp_num_layers") != depth;
        },
    .why = "counts the blocks after '/' and trains that many depths, whatever else it is told",
    .fix =
        "append a block for each depth to {hybrid_layer_pattern}, or leave {mtp_num_layers} "
        "out",
    .source = kValidate,
    .stage = Stage::kRun,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return {"not given", std::to_string(MtpDepthOfPattern(a.Text("hybrid_layer_pattern")))};
    },
    .fails = "--mtp-num-layers 1 --hybrid-layer-pattern MEME/ME/ME",
    .passes = "--mtp-num-layers 2 --hybrid-layer-pattern MEME/ME/ME",
};

}  // namespace nam56r::dialect::rules
