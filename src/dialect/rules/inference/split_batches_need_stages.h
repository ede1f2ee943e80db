#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSplitBatchesNeedStages = {
    .code = "POLICY2604",
    .title = "Batches of inference split for a pipeline of one stage",
    .dests = {"inference_batch_times_seqlen_threshold", "pipeline_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Int("inference_batch_times_seqlen_threshold", -1) > -1 && Pp(a) <= 1;
        },
    .why = "splits the batches of inference between stages, and there is one",
    .fix = "leave {inference_batch_times_seqlen_threshold} out",
    .valid = "-1",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--inference-batch-times-seqlen-threshold 512",
    .passes = "gpt --inference-batch-times-seqlen-threshold 512",
};

}  // namespace nam56r::dialect::rules
