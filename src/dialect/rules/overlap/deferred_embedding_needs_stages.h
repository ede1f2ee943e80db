#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDeferredEmbeddingNeedsStages = {
    .code = "POLICY2117",
    .title = "Deferred weight gradient of the embedding on one stage",
    .dests = {"defer_embedding_wgrad_compute", "pipeline_model_parallel_size"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("defer_embedding_wgrad_compute") && Pp(a) == 1; },
    .why = "defers the weight gradient of the embedding into the flush of a pipeline",
    .fix = "leave {defer_embedding_wgrad_compute} out",
    .valid = "false",
    .source = "model_parallel_config.py:ModelParallelConfig.__post_init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--defer-embedding-wgrad-compute",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
