#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSplitBatchesOutsideGraphs = {
    .code = "POLICY2605",
    .title = "Batches of inference split for a pipeline with graphs",
    .dests = {"inference_batch_times_seqlen_threshold", "cuda_graph_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Int("inference_batch_times_seqlen_threshold", -1) > -1 && Graphs(a);
        },
    .why = "splits the batches of inference outside graphs only",
    .fix = "leave {inference_batch_times_seqlen_threshold} out",
    .valid = "-1",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --inference-batch-times-seqlen-threshold 512 --cuda-graph-impl transformer_engine "
        "--cuda-graph-modules attn",
    .passes = "gpt --inference-batch-times-seqlen-threshold 512",
};

}  // namespace nam56r::dialect::rules
