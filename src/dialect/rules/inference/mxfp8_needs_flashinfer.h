#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/packages.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMxfp8NeedsFlashinfer = {
    .code = "POLICY2602",
    .title = "Inference-optimized layers in MXFP8 without FlashInfer",
    .dests = {"fp8_recipe", "transformer_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("transformer_impl", "inference_optimized") && a.Is("fp8_recipe", "mxfp8") &&
                 IsWithout(a, "flashinfer");
        },
    .why = "looks for FlashInfer 0.6.4 when it validates, and stops without it",
    .fix = "install flashinfer on every host, or choose another {fp8_recipe}",
    .valid = "delayed|tensorwise|blockwise",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "--transformer-impl inference_optimized --fp8-recipe mxfp8 !pkg:flashinfer",
    .passes = "--transformer-impl inference_optimized",
};

}  // namespace nam56r::dialect::rules
