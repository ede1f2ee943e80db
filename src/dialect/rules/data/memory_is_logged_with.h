#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMemoryIsLoggedWith = {
    .code = "POLICY2214",
    .title = "Memory logged between two logs",
    .dests = {"log_memory_interval", "log_interval"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t each = a.Int("log_interval", 1);
          return !a.IsNull("log_memory_interval") && each > 0 &&
                 a.Int("log_memory_interval") % each != 0;
        },
    .why = "logs memory at a multiple of --log-interval",
    .fix = "choose a multiple",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> std::vector<std::string> {
      const std::int64_t each = a.Int("log_interval", 1);
      return {std::to_string(each), std::to_string(2 * each), "and so on"};
    },
    .fails = "--log-interval 10 --log-memory-interval 15",
    .passes = "--log-interval 10 --log-memory-interval 20",
};

}  // namespace nam56r::dialect::rules
