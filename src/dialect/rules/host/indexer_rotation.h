#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kIndexerRotation = {
    .code = "HOST2509",
    .title = "Host without the Hadamard transform of the indexer",
    .dests = {"experimental_attention_variant", "hybrid_layer_pattern"},
    .refuses = [](const Args& a,
                  const Args&) { return NeedsHadamard(a) && Lacks(a, "fast_hadamard_transform"); },
    .why =
        "rotates queries and keys of the DSA indexer with fast_hadamard_transform, which the host "
        "lacks",
    .fix = "install fast-hadamard-transform",
    .valid = "fast_hadamard_transform",
    .source = "experimental_attention_variant/dsa.py:rotate_activation",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt !pkg:fast_hadamard_transform --experimental-attention-variant dsa --no-rope-fusion",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
