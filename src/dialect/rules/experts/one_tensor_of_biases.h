#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneTensorOfBiases = {
    .code = "POLICY1469",
    .title = "Biases of experts in one tensor without biases",
    .dests = {"moe_single_grouped_bias", "add_bias_linear"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("moe_single_grouped_bias") && !a.On("add_bias_linear");
        },
    .why = "holds the biases of all experts in one tensor where there are biases",
    .fix = "leave {moe_single_grouped_bias} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--moe-single-grouped-bias te:2.14",
    .passes = "--moe-router-topk 4",
};

}  // namespace nam56r::dialect::rules
