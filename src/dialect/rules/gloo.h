#pragma once

#include "src/dialect/rules/facts.h"

/// Process groups of the CPU. What is asked stands before validation: it switches them off itself
/// later, for pretended groups.
namespace nam56r::dialect::rules {

inline bool WithoutGloo(const Args& raw) {
  return raw.minor() >= 17 ? !raw.On("use_gloo_process_groups")
                           : !raw.On("enable_gloo_process_groups");
}
/// The distributed optimizer, as far as validation has come by then.
inline bool ShardsWhenSaving(const Args& raw) {
  if (raw.minor() < 18) return raw.On("use_distributed_optimizer");
  return (raw.On("use_distributed_optimizer") || raw.On("use_megatron_fsdp")) &&
         !EmergingOptimizer(raw);
}

}  // namespace nam56r::dialect::rules
