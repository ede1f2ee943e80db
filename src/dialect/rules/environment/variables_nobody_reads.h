#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kVariablesNobodyReads = {
    .code = "POLICY2320",
    .title = "Variables that nothing reads",
    .dests = {"env:CPPMEGA_MTP_LIGER_CE", "env:CPPMEGA_MAIN_HEAD_LINEAR_CE",
              "env:CPPMEGA_DSA_INDEXER_FUSED", "env:CPPMEGA_DSA_INDEXER_DTYPE",
              "env:CPPMEGA_DSA_KL_MODE", "env:CPPMEGA_DSA_SKIP_INDEXER_LOSS"},
    .refuses =
        [](const Args& a, const Args&) {
          for (const char* name : {"CPPMEGA_MTP_LIGER_CE", "CPPMEGA_MAIN_HEAD_LINEAR_CE",
                                   "CPPMEGA_DSA_INDEXER_FUSED", "CPPMEGA_DSA_INDEXER_DTYPE",
                                   "CPPMEGA_DSA_KL_MODE", "CPPMEGA_DSA_SKIP_INDEXER_LOSS"}) {
            if (!a.surroundings().Variable(name).empty()) return true;
          }
          return false;
        },
    .why =
        "runs as if the variable were not set: its reader was removed and launchers still export "
        "it",
    .fix = "take the variable away",
    .valid = "not set",
    .source = "policy-facts: variables without a reader; runs nan-840993a and nan-0ce8a3a",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .reach = Reach::kCommandLine,
    .fails = "CPPMEGA_DSA_SKIP_INDEXER_LOSS=1",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
