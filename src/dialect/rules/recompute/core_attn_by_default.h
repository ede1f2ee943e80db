#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCoreAttnByDefault = {
    .code = "POLICY1702",
    .title = "Selective recompute that names no module",
    .dests = {"recompute_modules", "recompute_granularity"},
    .refuses = [](const Args& a,
                  const Args& raw) { return Selective(a) && raw.Size("recompute_modules") == 0; },
    .why = "recomputes core_attn when selective recompute names nothing",
    .fix = "name the modules",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kContract,
    .valid_of = RecomputeModules,
    .fails = "--recompute-granularity selective",
    .passes = "--recompute-granularity selective --recompute-modules moe_act",
};

}  // namespace nam56r::dialect::rules
