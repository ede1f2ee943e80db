#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSparseAttentionHasNoBias = {
    .code = "PLAN1364",
    .title = "Sparse attention with biases",
    .dests = {"experimental_attention_variant", "add_bias_linear"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("experimental_attention_variant", "dsa") && a.On("add_bias_linear");
        },
    .why = "has no biases in sparse attention (DSA), whose projections it absorbs",
    .fix = "give --disable-bias-linear",
    .valid = "gated_delta_net",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--experimental-attention-variant dsa --no-rope-fusion !--disable-bias-linear",
    .passes = "--experimental-attention-variant dsa --no-rope-fusion",
};

}  // namespace nam56r::dialect::rules
