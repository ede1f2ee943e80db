#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDeferredWgradIsFused = {
    .code = "POLICY2167",
    .title = "Deferred embedding gradients without fused accumulation",
    .dests = {"defer_embedding_wgrad_compute", "gradient_accumulation_fusion"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("defer_embedding_wgrad_compute") && !a.On("gradient_accumulation_fusion");
        },
    .why = "defers the gradients of embeddings with fused accumulation only",
    .fix = "leave --no-gradient-accumulation-fusion out",
    .valid = "false",
    .source = "model_parallel_config.py:ModelParallelConfig.__post_init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "gpt --defer-embedding-wgrad-compute",
    .passes = "gpt --defer-embedding-wgrad-compute !--no-gradient-accumulation-fusion",
};

}  // namespace nam56r::dialect::rules
