#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMethodNeedsFull = {
    .code = "POLICY1708",
    .title = "Method of recompute beside selective recompute",
    .dests = {"recompute_method", "recompute_granularity"},
    .refuses = [](const Args& a,
                  const Args&) { return Selective(a) && !a.IsNull("recompute_method"); },
    .why = "chooses layers by a method with full recompute only",
    .fix = "leave {recompute_method} out",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails =
        "--recompute-granularity selective --recompute-modules moe_act --recompute-method uniform",
    .passes = "--recompute-granularity selective --recompute-modules moe_act",
};

}  // namespace nam56r::dialect::rules
