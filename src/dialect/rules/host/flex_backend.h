#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFlexBackend = {
    .code = "HOST2505",
    .title = "Host without the backend of the flex dispatcher",
    .dests = {"moe_flex_dispatcher_backend", "moe_token_dispatcher_type"},
    .refuses =
        [](const Args& a, const Args&) {
          return Flex(a) && Experts(a) &&
                 ((NeedsDeepEp(a) && Lacks(a, "deep_ep")) ||
                  (NeedsHybridEp(a) && Lacks(a, "hybrid_ep")));
        },
    .why =
        "dispatches by a package that the host lacks: deep_ep for deepep, the hybrid branch of it "
        "for hybridep",
    .fix = "install DeepEP, or choose alltoall for {moe_token_dispatcher_type}",
    .valid = "alltoall",
    .source = "token_dispatcher.py:_DeepepManager.__init__, _HybridEPManager.__init__",
    .stage = Stage::kBuild,
    .fails =
        "!pkg:deep_ep --moe-token-dispatcher-type flex --moe-flex-dispatcher-backend deepep "
        "--expert-model-parallel-size 8",
    .passes =
        "--moe-token-dispatcher-type flex --moe-flex-dispatcher-backend deepep "
        "--expert-model-parallel-size 8",
};

}  // namespace nam56r::dialect::rules
