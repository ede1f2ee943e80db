#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDeferralLimit = {
    .code = "POLICY2119",
    .title = "Negative limit of deferral",
    .dests = {"wgrad_deferral_limit", "defer_embedding_wgrad_compute"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("defer_embedding_wgrad_compute") && a.Int("wgrad_deferral_limit") < 0;
        },
    .why = "defers 0 (all) and more micro-batches",
    .fix = "set {wgrad_deferral_limit} to 0",
    .valid = "0 and more",
    .source = "model_parallel_config.py:ModelParallelConfig.__post_init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt !--no-gradient-accumulation-fusion --defer-embedding-wgrad-compute "
        "--wgrad-deferral-limit -1",
    .passes = "gpt !--no-gradient-accumulation-fusion --defer-embedding-wgrad-compute",
};

}  // namespace nam56r::dialect::rules
