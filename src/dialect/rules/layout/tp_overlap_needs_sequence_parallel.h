#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kTpOverlapNeedsSequenceParallel = {
    .code = "POLICY1010",
    .title = "Overlapped TP communication without sequence parallelism",
    .dests = {"tp_comm_overlap", "sequence_parallel", "tensor_model_parallel_size"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("tp_comm_overlap") && !a.On("sequence_parallel"); },
    .why = "overlaps TP's exchanges under sequence parallelism only, which TP = 1 switches off",
    .fix =
        "turn on {sequence_parallel} with {tensor_model_parallel_size} of 2 or more, or turn "
        "off {tp_comm_overlap}",
    .valid = "false",
    .source = kValidate,
    .fails = "--tp-comm-overlap",
    .passes = "gpt --tp-comm-overlap",
};

}  // namespace nam56r::dialect::rules
