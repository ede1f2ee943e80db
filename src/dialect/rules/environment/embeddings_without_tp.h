#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kEmbeddingsWithoutTp = {
    .code = "POLICY2316",
    .title = "N-gram or structure embedding at TP above 1",
    .dests = {"env:CPPMEGA_NGRAM_HASH_ENABLED", "env:CPPMEGA_STRUCTURE_ENABLED",
              "tensor_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return Tp(a) > 1 && (VariableIs(a, "CPPMEGA_NGRAM_HASH_ENABLED", "1") ||
                               VariableIs(a, "CPPMEGA_STRUCTURE_ENABLED", "1"));
        },
    .why =
        "adds the n-gram and structure embeddings to a whole sequence, and TP ranks hold a part of "
        "it",
    .fix = "set both variables to 0, or {tensor_model_parallel_size} to 1",
    .valid = "0",
    .source =
        "DatasunriseOU/cppmega: n-gram and structure must be off at TP above 1; runs K2, K3 and "
        "TP2",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .blamed_of = [](const Args& a, const Args&) -> std::string_view {
      return VariableIs(a, "CPPMEGA_NGRAM_HASH_ENABLED", "1") ? "env:CPPMEGA_NGRAM_HASH_ENABLED"
                                                              : "env:CPPMEGA_STRUCTURE_ENABLED";
    },
    .fails = "CPPMEGA_NGRAM_HASH_ENABLED=1 --tensor-model-parallel-size 2 --sequence-parallel",
    .passes = "CPPMEGA_NGRAM_HASH_ENABLED=1",
};

}  // namespace nam56r::dialect::rules
