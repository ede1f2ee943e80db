#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFlexNeedsRanks = {
    .code = "POLICY1412",
    .title = "The flex dispatcher on one rank",
    .dests = {"moe_token_dispatcher_type", "tensor_model_parallel_size",
              "expert_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          const bool any_backend = a.minor() < 17;
          const bool wants_several =
              any_backend || !a.Is("moe_flex_dispatcher_backend", "hybridep");
          return Experts(a) && Flex(a) && TpTimesEp(a) == 1 && wants_several;
        },
    .why = "has nothing to exchange with the flex dispatcher when TP * EP is 1",
    .fix = "choose alltoall for {moe_token_dispatcher_type}",
    .valid = "alltoall|allgather",
    .source = "token_dispatcher.py:MoEFlexTokenDispatcher.__init__",
    .stage = Stage::kBuild,
    .fails = "--moe-token-dispatcher-type flex",
    .passes = "--moe-token-dispatcher-type flex --expert-model-parallel-size 8",
};

}  // namespace nam56r::dialect::rules
