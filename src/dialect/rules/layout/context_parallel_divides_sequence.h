#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kContextParallelDividesSequence = {
    .code = "PLAN1011",
    .dests = {"seq_length", "context_parallel_size"},
    .refuses = [](const Args& a,
                  const Args&) { return Cp(a) > 1 && a.Int("seq_length") % (2 * Cp(a)) != 0; },
    .why = "cuts each sequence into 2 * CP pieces",
    .fix = "choose a multiple of twice {context_parallel_size}",
    .valid = "multiples of 2 * CP",
    .source = kValidate,
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
