#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kNvlsKernelsAreOptimized = {
    .code = "POLICY2620",
    .title = "Kernels for NVLS switched off in other layers",
    .dests = {"inference_disable_triton_nvls_kernels", "transformer_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("inference_disable_triton_nvls_kernels") &&
                 !a.Is("transformer_impl", "inference_optimized");
        },
    .why = "has kernels for NVLS, which the flag switches off, in inference-optimized layers only",
    .fix = "leave {inference_disable_triton_nvls_kernels} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "--inference-disable-triton-nvls-kernels",
    .passes = "--transformer-impl inference_optimized --inference-disable-triton-nvls-kernels",
};

}  // namespace nam56r::dialect::rules
