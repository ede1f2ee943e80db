#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/reinforcement.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPackedSequencesAlone = {
    .code = "POLICY2712",
    .title = "Packed sequences in larger micro-batches",
    .dests = {"micro_batch_size", "rl_use_sequence_packing"},
    .refuses =
        [](const Args& a, const Args&) {
          return Reinforces(a) && a.On("rl_use_sequence_packing") && a.Int("micro_batch_size") != 1;
        },
    .why = "packs sequences into micro-batches of one",
    .fix = "set {micro_batch_size} to 1 and lengthen the sequence",
    .valid = "1",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--perform-rl-step --rl-use-sequence-packing",
    .passes = "--perform-rl-step --rl-use-sequence-packing --micro-batch-size 1",
};

}  // namespace nam56r::dialect::rules
