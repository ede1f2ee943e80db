#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDepthNeedsBlock = {
    .code = "PLAN1602",
    .title = "An MTP depth without an MTP block",
    .dests = {"mtp_num_layers", "hybrid_layer_pattern", "mtp_hybrid_override_pattern"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.Text("hybrid_layer_pattern").empty() && a.On("mtp_num_layers") &&
                 MtpDepthOfPattern(a.Text("hybrid_layer_pattern")) == 0;
        },
    .why =
        "builds the MTP block that stands after '/' in the pattern, and there is none: it "
        "warns, and trains without",
    .fix =
        "append the block to {hybrid_layer_pattern} after '/', once for each depth, or leave "
        "{mtp_num_layers} out",
    .valid = "not given|0",
    .source = kValidate,
    .stage = Stage::kRun,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "--mtp-num-layers 2 --hybrid-layer-pattern MEME",
    .passes = "--mtp-num-layers 2 --hybrid-layer-pattern MEME/ME/ME",
};

}  // namespace nam56r::dialect::rules
