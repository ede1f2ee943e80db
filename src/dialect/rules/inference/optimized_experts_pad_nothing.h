#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOptimizedExpertsPadNothing = {
    .code = "POLICY2612",
    .title = "Inference-optimized experts with a padded router's map",
    .dests = {"moe_router_padding_for_quantization", "transformer_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return Experts(a) && a.Is("transformer_impl", "inference_optimized") &&
                 a.On("moe_router_padding_for_quantization");
        },
    .why = "pads no router's map of inference-optimized experts",
    .fix = "leave {moe_router_padding_for_quantization} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "--transformer-impl inference_optimized --fp8-format e4m3 "
        "--moe-router-padding-for-quantization",
    .passes = "--transformer-impl inference_optimized",
};

}  // namespace nam56r::dialect::rules
