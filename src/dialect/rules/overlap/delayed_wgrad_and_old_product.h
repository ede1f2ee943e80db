#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDelayedWgradAndOldProduct = {
    .code = "POLICY2162",
    .title = "Delayed weight gradients of the old grouped product",
    .dests = {"delay_wgrad_compute", "moe_use_legacy_grouped_gemm"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("delay_wgrad_compute") && a.On("moe_use_legacy_grouped_gemm");
        },
    .why = "delays no weight gradients of the old grouped matrix product",
    .fix = "leave {moe_use_legacy_grouped_gemm} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.until = 16},
    .fails =
        "gpt --delay-wgrad-compute --overlap-moe-expert-parallel-comm "
        "CUDA_DEVICE_MAX_CONNECTIONS=32 --moe-use-legacy-grouped-gemm",
    .passes =
        "gpt --delay-wgrad-compute --overlap-moe-expert-parallel-comm "
        "CUDA_DEVICE_MAX_CONNECTIONS=32",
};

}  // namespace nam56r::dialect::rules
