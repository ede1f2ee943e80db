#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

// The width that its ranks do not divide; empty: they divide all.
inline std::string_view UndividedWidth(const Args& a) {
  const std::int64_t etp = a.Int("expert_tensor_parallel_size", Tp(a));
  if (Tp(a) <= 0 || etp <= 0) return {};
  const bool dense = Hybrid(a) ? HasLayer(a, '-') : !Experts(a);
  if (dense && a.Int("ffn_hidden_size") % Tp(a) != 0) return "ffn_hidden_size";
  if (!ExpertLayers(a)) return {};
  if (a.Int("moe_ffn_hidden_size") % etp != 0) return "moe_ffn_hidden_size";
  return a.Int("moe_shared_expert_intermediate_size") % Tp(a) != 0
             ? "moe_shared_expert_intermediate_size"
             : "";
}

inline constexpr ArgumentRule kTensorParallelDividesWidths = {
    .code = "PLAN1030",
    .title = "Widths of feed-forward layers that TP does not divide",
    .dests = {"ffn_hidden_size", "moe_ffn_hidden_size", "moe_shared_expert_intermediate_size",
              "tensor_model_parallel_size", "expert_tensor_parallel_size"},
    .refuses = [](const Args& a, const Args&) { return !UndividedWidth(a).empty(); },
    .why =
        "cuts the width of dense layers and shared experts over the TP ranks, that of experts"
        " over the ETP ranks",
    .fix =
        "choose multiples of {tensor_model_parallel_size}, for {moe_ffn_hidden_size} of "
        "{expert_tensor_parallel_size}",
    .source = "Transformer Engine, linear.py:Linear.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      const std::string_view width = UndividedWidth(a);
      return MultiplesNear(a.Int(width), width == "moe_ffn_hidden_size"
                                             ? a.Int("expert_tensor_parallel_size", Tp(a))
                                             : Tp(a));
    },
    .blamed_of = [](const Args& a, const Args&) { return UndividedWidth(a); },
    .fails = "--tensor-model-parallel-size 4 --sequence-parallel --moe-ffn-hidden-size 898",
    .passes = "--tensor-model-parallel-size 4 --sequence-parallel --moe-ffn-hidden-size 900",
};

}  // namespace nam56r::dialect::rules
