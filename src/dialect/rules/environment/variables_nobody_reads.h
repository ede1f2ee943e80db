#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

// The first of them that is set; empty: none is.
inline std::string_view VariableNobodyReads(const Args& a) {
  for (std::string_view dest : {"env:CPPMEGA_MTP_LIGER_CE", "env:CPPMEGA_MAIN_HEAD_LINEAR_CE",
                                "env:CPPMEGA_DSA_INDEXER_FUSED", "env:CPPMEGA_DSA_INDEXER_DTYPE",
                                "env:CPPMEGA_DSA_KL_MODE", "env:CPPMEGA_DSA_SKIP_INDEXER_LOSS"}) {
    const std::string name(dest.substr(dest.find(':') + 1));
    if (!a.surroundings().Variable(name).empty()) return dest;
  }
  return {};
}

inline constexpr ArgumentRule kVariablesNobodyReads = {
    .code = "POLICY2320",
    .title = "Variables that nothing reads",
    .dests = {"env:CPPMEGA_MTP_LIGER_CE", "env:CPPMEGA_MAIN_HEAD_LINEAR_CE",
              "env:CPPMEGA_DSA_INDEXER_FUSED", "env:CPPMEGA_DSA_INDEXER_DTYPE",
              "env:CPPMEGA_DSA_KL_MODE", "env:CPPMEGA_DSA_SKIP_INDEXER_LOSS"},
    .refuses = [](const Args& a, const Args&) { return !VariableNobodyReads(a).empty(); },
    .why =
        "runs as if the variable were not set: its reader was removed and launchers still export "
        "it",
    .fix = "take the variable away",
    .valid = "not set",
    .source = "DatasunriseOU/cppmega: variables without a reader; runs nan-840993a and nan-0ce8a3a",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .reach = Reach::kCommandLine,
    .blamed_of = [](const Args& a, const Args&) { return VariableNobodyReads(a); },
    .fails = "CPPMEGA_DSA_SKIP_INDEXER_LOSS=1",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
