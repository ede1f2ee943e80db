#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPipelinedInference = {
    .code = "POLICY1828",
    .title = "Pipelined inference on one stage or inside graphs",
    .dests = {"inference_batch_times_seqlen_threshold", "pipeline_model_parallel_size",
              "cuda_graph_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Int("inference_batch_times_seqlen_threshold", -1) > -1 &&
                 (Pp(a) <= 1 || Graphs(a));
        },
    .why = "splits inference into micro-batches between stages only, and outside graphs",
    .fix = "leave {inference_batch_times_seqlen_threshold} out",
    .valid = "-1",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--inference-batch-times-seqlen-threshold 1024",
    .passes = "gpt --inference-batch-times-seqlen-threshold 1024",
};

}  // namespace nam56r::dialect::rules
