#pragma once

#include <array>

#include "src/dialect/rules/facts.h"

/// Activations that wait for the backward pass in host memory: layers of them, or modules.
namespace nam56r::dialect::rules {

inline bool OffloadsLayers(const Args& a) { return a.Int("cpu_offloading_num_layers") > 0; }
inline bool OffloadsModules(const Args& a) { return a.On("fine_grained_activation_offloading"); }
inline bool Offloads(const Args& a, std::string_view module) {
  return a.Lists("offload_modules", module);
}
/// What lies inside an expert layer.
inline bool OffloadsInsideExperts(const Args& a) {
  return Offloads(a, "expert_fc1") || Offloads(a, "moe_act") ||
         (a.minor() >= 19 && Offloads(a, "fused_group_mlp"));
}
inline std::vector<std::string> OffloadModules(const Args& a) {
  std::vector<std::string> modules = {"attn_norm", "attn_proj", "core_attn", "expert_fc1",
                                      "mlp_norm",  "moe_act",   "qkv_linear"};
  if (a.minor() >= 19) modules.emplace_back("fused_group_mlp");
  return modules;
}

}  // namespace nam56r::dialect::rules
