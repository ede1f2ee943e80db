#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMoeActIsGrouped = {
    .code = "POLICY1704",
    .title = "Recompute of the expert activation without grouped products",
    .dests = {"recompute_modules", "moe_grouped_gemm"},
    .refuses = [](const Args& a,
                  const Args&) { return Recomputes(a, "moe_act") && !a.On("moe_grouped_gemm"); },
    .why = "recomputes moe_act with the grouped matrix product only",
    .fix = "turn on {moe_grouped_gemm}",
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of = [](const Args& a) { return Without(a, "recompute_modules", {"moe_act"}); },
    .fails = "!--moe-grouped-gemm --recompute-granularity selective --recompute-modules moe_act",
    .passes = "--recompute-granularity selective --recompute-modules moe_act",
};

}  // namespace nam56r::dialect::rules
