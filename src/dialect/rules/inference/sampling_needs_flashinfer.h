#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/packages.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSamplingNeedsFlashinfer = {
    .code = "POLICY2603",
    .title = "Sampling by FlashInfer without FlashInfer",
    .dests = {"inference_dynamic_batching_sampling_backend"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("inference_dynamic_batching_sampling_backend", "flashinfer") &&
                 IsWithout(a, "flashinfer");
        },
    .why = "imports flashinfer when it validates, and stops without it",
    .fix = "install flashinfer on every host, or choose torch",
    .valid = "torch",
    .source = kValidate,
    .releases = {.since = 18, .until = 18},
    .reach = Reach::kCommandLine,
    .fails = "--inference-dynamic-batching-sampling-backend flashinfer !pkg:flashinfer",
    .passes = "--inference-dynamic-batching-sampling-backend torch",
};

}  // namespace nam56r::dialect::rules
