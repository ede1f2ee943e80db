#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDeferredWgradLimit = {
    .code = "POLICY2168",
    .title = "Deferred embedding gradients of fewer than no micro-batches",
    .dests = {"wgrad_deferral_limit", "defer_embedding_wgrad_compute"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("defer_embedding_wgrad_compute") && a.Int("wgrad_deferral_limit") < 0;
        },
    .why = "defers the gradients of so many micro-batches, 0 for all of them",
    .fix = "write 0",
    .valid = "0 and more",
    .source = "model_parallel_config.py:ModelParallelConfig.__post_init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --defer-embedding-wgrad-compute !--no-gradient-accumulation-fusion "
        "--wgrad-deferral-limit -1",
    .passes = "gpt --defer-embedding-wgrad-compute !--no-gradient-accumulation-fusion",
};

}  // namespace nam56r::dialect::rules
