#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRanksDivideWorld = {
    .code = "POLICY1001",
    .title = "Ranks that TP * PP * CP does not divide",
    .dests = {"tensor_model_parallel_size", "pipeline_model_parallel_size",
              "context_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t model = Product(Product(Tp(a), Pp(a)), Cp(a));
          return model == 0 || a.surroundings().world_size % model != 0;
        },
    .why = "cuts the ranks into groups of TP * PP * CP, and their number is no multiple of it",
    .fix = "choose sizes whose product divides the number of ranks, or start a multiple of it",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      const std::int64_t others = Product(Pp(a), Cp(a));
      const std::int64_t world = a.surroundings().world_size;
      if (!Divides(others, world)) {
        return {"none: PP * CP does not divide " + std::to_string(world)};
      }
      return DivisorsOf(world / others);
    },
    .fails = "--tensor-model-parallel-size 2 --sequence-parallel @9",
    .passes = "--tensor-model-parallel-size 2 --sequence-parallel @8",
};

}  // namespace nam56r::dialect::rules
