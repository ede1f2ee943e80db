#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMuonIsNotDistributed = {
    .code = "POLICY2010",
    .dests = {"optimizer", "use_distributed_optimizer"},
    .refuses = [](const Args& a,
                  const Args&) { return Muon(a) && a.On("use_distributed_optimizer"); },
    .why = "has no distributed Muon under --use-distributed-optimizer",
    .fix = "turn off {use_distributed_optimizer}",
    .valid = "\"adam\"",
    .source = kValidate,
    .releases = {.until = 17},
};

}  // namespace nam56r::dialect::rules
