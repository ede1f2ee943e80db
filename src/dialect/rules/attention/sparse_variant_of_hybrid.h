#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSparseVariantOfHybrid = {
    .code = "PLAN1319",
    .title = "A variant of attention that no layer of the pattern has",
    .dests = {"experimental_attention_variant", "hybrid_layer_pattern", "hybrid_override_pattern"},
    .refuses =
        [](const Args& a, const Args&) {
          return Hybrid(a) && ((a.Is("experimental_attention_variant", "dsa") && !SparseLayers(a)));
        },
    .why =
        "takes the attention of a hybrid model from its pattern: without D in it, which 0.18 "
        "and later know, every layer stays dense",
    .fix =
        "write D where sparse attention is wanted, or leave {experimental_attention_variant} "
        "out",
    .valid = "not given",
    .source = "hybrid_layer_specs.py:hybrid_stack_spec",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails = "--experimental-attention-variant dsa --no-rope-fusion",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
