#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kTensorParallelNeedsSequenceParallel = {
    .code = "POLICY1422",
    .title = "Experts under TP without sequence parallelism",
    .dests = {"sequence_parallel", "tensor_model_parallel_size", "num_experts"},
    .refuses =
        [](const Args& a, const Args&) {
          return ExpertLayers(a) && Tp(a) > 1 && !a.On("sequence_parallel") && !a.On("skip_train");
        },
    .why =
        "trains experts over TP ranks with sequence parallelism only: the configuration "
        "warns, the first forward stops",
    .fix = "turn on {sequence_parallel}, or set {tensor_model_parallel_size} to 1",
    .valid = "true",
    .source = "moe_layer.py:MoELayer.forward",
    .stage = Stage::kRun,
    .fails = "--tensor-model-parallel-size 2",
    .passes = "--tensor-model-parallel-size 2 --sequence-parallel",
};

}  // namespace nam56r::dialect::rules
