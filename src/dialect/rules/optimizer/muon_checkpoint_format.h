#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMuonCheckpointFormat = {
    .code = "POLICY2011",
    .title = "Format of checkpoints that holds no state of Muon",
    .dests = {"optimizer", "ckpt_format"},
    .refuses =
        [](const Args& a, const Args&) {
          const bool concerned = a.minor() >= 18 ? EmergingOptimizer(a) : Muon(a);
          return concerned && !a.Is("ckpt_format", "torch") && !a.Is("ckpt_format", "torch_dist");
        },
    .why = "saves Muon's state as torch and torch_dist only",
    .fix = "choose torch_dist for {ckpt_format}",
    .valid = "\"adam\"",
    .source = kValidate,
    .fails =
        "--optimizer muon !--use-distributed-optimizer !--overlap-grad-reduce "
        "!--overlap-param-gather --ckpt-format torch_dcp",
    .passes =
        "--optimizer muon !--use-distributed-optimizer !--overlap-grad-reduce "
        "!--overlap-param-gather --ckpt-format torch_dist",
};

}  // namespace nam56r::dialect::rules
