#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMuonIsNotDistributed = {
    .code = "POLICY2010",
    .title = "Muon under the distributed optimizer",
    .dests = {"optimizer", "use_distributed_optimizer"},
    .refuses = [](const Args& a,
                  const Args&) { return Muon(a) && a.On("use_distributed_optimizer"); },
    .why = "has no distributed Muon under --use-distributed-optimizer",
    .fix = "turn off {use_distributed_optimizer}",
    .valid = "\"adam\"",
    .source = kValidate,
    .releases = {.until = 17},
    .fails = "--optimizer muon !--overlap-grad-reduce !--overlap-param-gather",
    .passes =
        "--optimizer muon !--use-distributed-optimizer !--overlap-grad-reduce "
        "!--overlap-param-gather",
};

}  // namespace nam56r::dialect::rules
