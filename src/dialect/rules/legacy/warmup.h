#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kWarmup = {
    .code = "POLICY2809",
    .title = "Warmup under its old name",
    .dests = {"warmup", "lr_warmup_fraction"},
    .refuses = [](const Args&, const Args& raw) { return !raw.IsNull("warmup"); },
    .why = "no longer takes --warmup",
    .fix = "write --lr-warmup-fraction instead",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--warmup 1",
    .passes = "--lr-warmup-fraction 0.01",
};

}  // namespace nam56r::dialect::rules
