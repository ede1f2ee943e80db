#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneTensorIsGrouped = {
    .code = "POLICY1465",
    .title = "Experts in one tensor without the grouped product",
    .dests = {"moe_single_grouped_weight", "moe_single_grouped_bias", "moe_grouped_gemm"},
    .refuses =
        [](const Args& a, const Args&) {
          return (a.On("moe_single_grouped_weight") || a.On("moe_single_grouped_bias")) &&
                 !a.On("moe_grouped_gemm");
        },
    .why = "holds all experts in one tensor for the grouped matrix product only",
    .fix = "give {moe_grouped_gemm}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "!--moe-grouped-gemm --moe-single-grouped-weight te:2.14",
    .passes = "--moe-router-topk 4",
};

}  // namespace nam56r::dialect::rules
