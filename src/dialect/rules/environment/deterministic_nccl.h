#pragma once

#include <array>

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline bool NcclAlgorithmVaries(const Args& a) {
  constexpr std::array kSame = {"Tree", "Ring", "CollnetDirect", "CollnetChain", "^NVLS"};
  const std::string algorithm = a.surroundings().Variable("NCCL_ALGO");
  return std::find(kSame.begin(), kSame.end(), algorithm) == kSame.end();
}

inline constexpr ArgumentRule kDeterministicNccl = {
    .code = "POLICY2303",
    .title = "Deterministic mode with an algorithm of NCCL that varies",
    .dests = {"deterministic_mode", "env:NCCL_ALGO"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("deterministic_mode") &&
                 (a.On("use_flash_attn") || a.On("cross_entropy_loss_fusion") ||
                  NcclAlgorithmVaries(a));
        },
    .why =
        "repeats a run to the bit with one algorithm of NCCL, without flash attention and "
        "fused losses",
    .fix = "set NCCL_ALGO to Ring or Tree",
    .valid = "false",
    .source = kValidate,
    .releases = {.until = 18},
    .reach = Reach::kCommandLine,
    .fails = "--deterministic-mode",
    .passes = "--deterministic-mode NCCL_ALGO=Ring",
};

}  // namespace nam56r::dialect::rules
