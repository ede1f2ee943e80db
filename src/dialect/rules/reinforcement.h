#pragma once

#include "src/dialect/rules/facts.h"

/// Reinforcement learning in the training script: --perform-rl-step generates samples and trains on
/// them.
namespace nam56r::dialect::rules {

inline bool Reinforces(const Args& a) { return a.On("perform_rl_step"); }
/// Samples that one round of generation yields; the sizes are anybody's.
inline std::int64_t GeneratedSamples(const Args& a) {
  std::int64_t samples = a.Int("grpo_prompts_per_step", 0);
  for (const char* dest : {"grpo_group_size", "grpo_iterations"}) {
    if (__builtin_mul_overflow(samples, a.Int(dest, 0), &samples)) return 0;
  }
  return samples;
}
/// Steps that train on them; 0 where they do not fill one.
inline std::int64_t StepsARound(const Args& a) {
  const std::int64_t batch = a.Int("global_batch_size");
  return batch > 0 ? GeneratedSamples(a) / batch : 0;
}
/// Graphs that outlive a round keep the addresses of the key-value cache.
inline bool KeepsGraphs(const Args& a) { return Reinforces(a) && a.On("rl_persist_cuda_graphs"); }
inline bool OffloadsCache(const Args& a) {
  return Reinforces(a) && a.Is("rl_kv_cache_management_mode", "offload");
}

}  // namespace nam56r::dialect::rules
