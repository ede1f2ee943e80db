#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRanksDivideWorld = {
    .code = "POLICY1001",
    .dests = {"tensor_model_parallel_size", "pipeline_model_parallel_size",
              "context_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t model = Tp(a) * Pp(a) * Cp(a);
          return model <= 0 || a.surroundings().world_size % model != 0;
        },
    .why = "cuts the ranks into groups of TP * PP * CP, and their number is no multiple of it",
    .fix = "choose sizes whose product divides the number of ranks",
    .valid = "products that divide the number of ranks",
    .source = kValidate,
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
