#pragma once

#include "src/dialect/rules/facts.h"

/// The activation of dense layers and experts, as core_transformer_config_from_args chooses it.
namespace nam56r::dialect::rules {

inline bool SquaredRelu(const Args& a) { return a.On("squared_relu") && !a.On("swiglu"); }
inline bool QuickGeglu(const Args& a) {
  return a.On("quick_geglu") && !a.On("squared_relu") && !a.On("swiglu");
}
inline bool Gated(const Args& a) { return a.On("swiglu") || QuickGeglu(a); }
/// Whether bias and activation are one kernel; without biases GELU has none to fuse.
inline bool FusesActivation(const Args& a) {
  return a.On("swiglu") ? a.On("bias_swiglu_fusion") : a.On("bias_gelu_fusion");
}

}  // namespace nam56r::dialect::rules
