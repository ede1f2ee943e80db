#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOptimizedNorms = {
    .code = "POLICY2617",
    .title = "Inference-optimized layers with other norms or with biases",
    .dests = {"transformer_impl", "normalization", "layernorm_zero_centered_gamma",
              "add_bias_linear", "add_qkv_bias"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("transformer_impl", "inference_optimized") &&
                 (!a.Is("normalization", "RMSNorm") || a.On("layernorm_zero_centered_gamma") ||
                  a.On("add_bias_linear") || a.On("add_qkv_bias"));
        },
    .why = "has inference-optimized layers with plain RMSNorm and without biases only",
    .fix = "choose transformer_engine for {transformer_impl}",
    .valid = "transformer_engine|local",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--transformer-impl inference_optimized --add-qkv-bias",
    .passes = "--transformer-impl inference_optimized",
};

}  // namespace nam56r::dialect::rules
