#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDeferredEmbeddingIsFused = {
    .code = "POLICY2118",
    .title = "Deferred weight gradient without fused accumulation",
    .dests = {"defer_embedding_wgrad_compute", "gradient_accumulation_fusion"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("defer_embedding_wgrad_compute") && Pp(a) > 1 &&
                 !a.On("gradient_accumulation_fusion");
        },
    .why = "defers the weight gradient of the embedding with fused accumulation only",
    .fix = "turn on {gradient_accumulation_fusion}",
    .valid = "false",
    .source = "model_parallel_config.py:ModelParallelConfig.__post_init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "gpt --defer-embedding-wgrad-compute",
    .passes = "gpt !--no-gradient-accumulation-fusion --defer-embedding-wgrad-compute",
};

}  // namespace nam56r::dialect::rules
