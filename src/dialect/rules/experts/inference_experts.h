#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kInferenceExperts = {
    .code = "POLICY1424",
    .title = "Experts of the implementation for inference",
    .dests = {"transformer_impl", "expert_tensor_parallel_size", "moe_expert_capacity_factor",
              "moe_router_dtype", "swiglu", "moe_router_padding_for_quantization"},
    .refuses =
        [](const Args& a, const Args&) {
          if (!a.Is("transformer_impl", "inference_optimized") || !Experts(a)) return false;
          const bool gated = a.On("swiglu") || a.On("quick_geglu");
          return a.Int("expert_tensor_parallel_size", Tp(a)) > 1 ||
                 !a.IsNull("moe_expert_capacity_factor") ||
                 a.On("moe_router_padding_for_quantization") || !a.Is("moe_router_dtype", "fp32") ||
                 (gated && (a.minor() >= 18 || GraphsAre(a, "local")));
        },
    .why =
        "has experts for inference without ETP, capacity, padding and gated units, with a "
        "router of fp32 only",
    .fix = "choose transformer_engine for {transformer_impl}",
    .valid = "transformer_engine|local",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "gpt --transformer-impl inference_optimized",
    .passes = "gpt --transformer-impl transformer_engine",
};

}  // namespace nam56r::dialect::rules
