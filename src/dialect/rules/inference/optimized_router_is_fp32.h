#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOptimizedRouterIsFp32 = {
    .code = "POLICY2613",
    .title = "Inference-optimized experts with another type of router",
    .dests = {"moe_router_dtype", "transformer_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return Experts(a) && a.Is("transformer_impl", "inference_optimized") &&
                 !a.Is("moe_router_dtype", "fp32");
        },
    .why = "routes to inference-optimized experts in fp32 only",
    .fix = "choose fp32 for {moe_router_dtype}",
    .valid = "fp32",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "--transformer-impl inference_optimized !--moe-router-dtype",
    .passes = "--transformer-impl inference_optimized",
};

}  // namespace nam56r::dialect::rules
