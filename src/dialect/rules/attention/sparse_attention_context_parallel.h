#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSparseAttentionContextParallel = {
    .code = "POLICY1301",
    .dests = {"context_parallel_size", "experimental_attention_variant"},
    .refuses = [](const Args& a, const Args&) { return Cp(a) > 1 && Dsa(a); },
    .why = "does not share the sequences of sparse attention (DSA)",
    .fix = "set {context_parallel_size} to 1",
    .valid = "1",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.until = 18},
};

}  // namespace nam56r::dialect::rules
