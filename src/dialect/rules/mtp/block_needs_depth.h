#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kBlockNeedsDepth = {
    .code = "PLAN1606",
    .title = "An MTP block without an MTP depth",
    .dests = {"mtp_hybrid_override_pattern", "mtp_num_layers", "hybrid_layer_pattern"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return Hybrid(a) && raw.Given("mtp_hybrid_override_pattern") &&
                 !raw.IsNull("mtp_hybrid_override_pattern") && !a.On("mtp_num_layers");
        },
    .why =
        "repeats the MTP block as often as the depth says, and nothing says it: the model has"
        " none",
    .fix = "give {mtp_num_layers}, or append the block to {hybrid_layer_pattern} after '/'",
    .valid = "not given",
    .source = kValidate,
    .stage = Stage::kRun,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "--mtp-hybrid-override-pattern ME",
    .passes = "--mtp-hybrid-override-pattern ME --mtp-num-layers 1 --hybrid-layer-pattern MEME",
};

}  // namespace nam56r::dialect::rules
