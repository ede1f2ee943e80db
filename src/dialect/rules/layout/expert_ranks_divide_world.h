#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/layout/expert_parallel_divides_experts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExpertRanksDivideWorld = {
    .code = "POLICY1024",
    .title = "Ranks that ETP * EP * PP does not divide",
    .dests = {"expert_model_parallel_size", "expert_tensor_parallel_size",
              "pipeline_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          if (ExpertRanksShareUnevenly(a)) return false;  // POLICY1005
          const std::int64_t etp = a.Int("expert_tensor_parallel_size", Tp(a));
          const std::int64_t experts =
              Product(Product(etp, a.Int("expert_model_parallel_size", 1)), Pp(a));
          const std::int64_t model = Product(Product(Tp(a), Pp(a)), Cp(a));
          const std::int64_t world = a.surroundings().world_size;
          return experts > 0 && Divides(model, world) && world % experts != 0;
        },
    .why =
        "cuts the ranks a second time, for the experts, into groups of ETP * EP * PP, and "
        "their number is no multiple of it",
    .fix =
        "choose {expert_model_parallel_size} and {expert_tensor_parallel_size} whose product "
        "with PP divides the number of ranks",
    .source = "parallel_state.py:initialize_model_parallel",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      const std::int64_t others = Product(a.Int("expert_tensor_parallel_size", Tp(a)), Pp(a));
      if (!Divides(others, a.surroundings().world_size)) return {"none with this ETP"};
      return DivisorsOf(a.surroundings().world_size / others);
    },
    .fails = "gpt --expert-model-parallel-size 4",
    .passes = "gpt --expert-model-parallel-size 4 --expert-tensor-parallel-size 1",
};

}  // namespace nam56r::dialect::rules
