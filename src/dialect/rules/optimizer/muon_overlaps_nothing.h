#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMuonOverlapsNothing = {
    .code = "POLICY2009",
    .title = "Muon with overlapped exchanges",
    .dests = {"optimizer", "overlap_grad_reduce", "overlap_param_gather"},
    .refuses =
        [](const Args& a, const Args&) {
          const bool overlaps = a.On("overlap_grad_reduce") || a.On("overlap_param_gather");
          return overlaps && (a.minor() >= 17 ? a.Is("optimizer", "muon") : Muon(a));
        },
    .why = "overlaps no exchange of gradients and parameters with Muon",
    .fix = "turn off {overlap_grad_reduce} and {overlap_param_gather}",
    .valid = "\"adam\"",
    .source = kValidate,
    .releases = {.until = 17},
    .fails = "--optimizer muon !--use-distributed-optimizer !--overlap-param-gather",
    .passes =
        "--optimizer muon !--use-distributed-optimizer !--overlap-grad-reduce "
        "!--overlap-param-gather",
};

}  // namespace nam56r::dialect::rules
