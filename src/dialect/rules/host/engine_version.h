#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

// What of the command line the Transformer Engine of the host is too old for, and its version.
inline std::vector<std::string> TooNew(const Args& a) {
  const auto& version = a.surroundings().transformer_engine;
  std::vector<std::string> needed;
  if (!version) return needed;
  const auto needs = [&](bool used, int minor, std::string_view what) {
    if (!used || *version >= std::pair(2, minor)) return;
    needed.push_back(std::string(what) + ": 2." + std::to_string(minor) + " and newer");
  };
  const bool fp8 = a.On("fp8");
  needs(fp8 && a.Is("fp8_recipe", "mxfp8"), 1, "mxfp8");
  needs(fp8 && a.Is("fp8_recipe", "tensorwise"), 2, "tensorwise");
  needs(fp8 && a.Is("fp8_recipe", "blockwise"), 3, "blockwise");
  needs(fp8 && (Recomputes(a, "moe_act") || Recomputes(a, "layernorm")), 6,
        "recompute of moe_act and layernorm in FP8");
  needs(a.On("fp4"), 7, "FP4");
  needs(a.On("delay_wgrad_compute") && !a.On("gradient_accumulation_fusion"), 7,
        "delayed weight gradients without fused accumulation");
  needs(a.On("delay_wgrad_compute") && a.On("overlap_grad_reduce"), 8,
        "delayed weight gradients beside overlapped reduction");
  needs(a.On("qk_clip") || a.On("log_max_attention_logit"), 9, "--qk-clip");
  needs(a.On("delay_wgrad_compute") && GraphsAre(a, "transformer_engine"), 10,
        "delayed weight gradients beside graphs");
  needs(a.minor() >= 17 && DelayedWgradInGraph(a), 12, "delayed weight gradients inside a graph");
  needs(a.minor() >= 18 && a.On("overlap_dispatch_backward_with_experts_wgrad"), 3,
        "--overlap-dispatch-backward-with-experts-wgrad");
  needs(a.On("moe_single_grouped_weight") || a.On("moe_single_grouped_bias"), 14,
        "--moe-single-grouped-weight");
  return needed;
}

inline constexpr ArgumentRule kEngineVersion = {
    .code = "HOST2514",
    .title = "Transformer Engine that is too old",
    .dests = {"transformer_impl", "fp8_recipe", "fp4", "qk_clip", "delay_wgrad_compute",
              "overlap_dispatch_backward_with_experts_wgrad"},
    .refuses = [](const Args& a, const Args&) { return !TooNew(a).empty(); },
    .why = "needs a newer Transformer Engine than the host has",
    .fix = "install the version that is needed",
    .source = "fp8_utils.py:get_fp8_recipe, arguments.py:validate_args",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> std::vector<std::string> { return TooNew(a); },
    .fails = "te:2.2 --mamba-num-heads 64 --fp8-format hybrid --fp8-recipe blockwise",
    .passes = "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe blockwise",
};

}  // namespace nam56r::dialect::rules
