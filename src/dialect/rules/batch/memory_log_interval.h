#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMemoryLogInterval = {
    .code = "POLICY1163",
    .title = "Memory that is logged between two lines",
    .dests = {"log_memory_interval", "log_interval"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("log_memory_interval") &&
                 (a.Int("log_interval") == 0 ||
                  a.Int("log_memory_interval") % a.Int("log_interval") != 0);
        },
    .why = "logs memory with the lines of its log, at a multiple of their interval",
    .fix = "choose a multiple of {log_interval}",
    .valid = "multiples of the interval of the log",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--log-interval 10 --log-memory-interval 15",
    .passes = "--log-interval 10 --log-memory-interval 20",
};

}  // namespace nam56r::dialect::rules
