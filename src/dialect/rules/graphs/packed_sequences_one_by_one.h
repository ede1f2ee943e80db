#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPackedSequencesOneByOne = {
    .code = "POLICY1829",
    .title = "Packed sequences of reinforcement learning in larger micro-batches",
    .dests = {"rl_use_sequence_packing", "micro_batch_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("perform_rl_step") && a.On("rl_use_sequence_packing") &&
                 a.Int("micro_batch_size") != 1;
        },
    .why = "packs sequences into micro-batches of one",
    .fix = "set {micro_batch_size} to 1",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--perform-rl-step --rl-use-sequence-packing",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
