#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDeferredWgradNeedsStages = {
    .code = "POLICY2166",
    .title = "Deferred embedding gradients without stages",
    .dests = {"defer_embedding_wgrad_compute", "pipeline_model_parallel_size"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("defer_embedding_wgrad_compute") && Pp(a) == 1; },
    .why = "defers the gradients of embeddings into the flush of the pipeline, and there is none",
    .fix = "leave {defer_embedding_wgrad_compute} out",
    .valid = "false",
    .source = "model_parallel_config.py:ModelParallelConfig.__post_init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--defer-embedding-wgrad-compute !--no-gradient-accumulation-fusion",
    .passes = "gpt --defer-embedding-wgrad-compute !--no-gradient-accumulation-fusion",
};

}  // namespace nam56r::dialect::rules
