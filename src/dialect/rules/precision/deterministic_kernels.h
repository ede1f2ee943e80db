#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDeterministicKernels = {
    .code = "POLICY1901",
    .title = "Deterministic mode with kernels that are not",
    .dests = {"deterministic_mode", "cross_entropy_loss_fusion", "tp_comm_overlap"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("deterministic_mode") &&
                 (a.On("cross_entropy_loss_fusion") || a.On("tp_comm_overlap"));
        },
    .why = "repeats a run to the bit without fused losses and overlapped TP only",
    .fix = "leave them out",
    .valid = "false",
    .source = "determinism.py:apply_determinism_to_args",
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--deterministic-mode --cross-entropy-loss-fusion NCCL_ALGO=Ring",
    .passes = "--deterministic-mode NCCL_ALGO=Ring",
};

}  // namespace nam56r::dialect::rules
