#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kModulesNeedSelective = {
    .code = "POLICY1701",
    .title = "Modules to recompute without selective recompute",
    .dests = {"recompute_modules", "recompute_granularity"},
    .refuses = [](const Args& a,
                  const Args& raw) { return !Selective(a) && raw.Size("recompute_modules") > 0; },
    .why = "reads the list with selective recompute only, so that it would have no effect",
    .fix = "choose selective for {recompute_granularity}, or empty {recompute_modules}",
    .valid = "[]",
    .source = kConfig,
    .stage = Stage::kRun,
    .fails = "--recompute-modules moe_act",
    .passes = "--recompute-granularity selective --recompute-modules moe_act",
};

}  // namespace nam56r::dialect::rules
