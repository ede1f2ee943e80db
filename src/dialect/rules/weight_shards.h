#pragma once

#include "src/dialect/rules/facts.h"

/// Generalized tensor parallelism of 0.19: weights are cut into more shards than TP computes with,
/// and gathered before they are used.
namespace nam56r::dialect::rules {

inline constexpr std::string_view kShardsSource =
    "model_parallel_config.py:resolve_tensor_parallel_weight_shards";

/// Shards a TP rank's weights are cut into; 1: none.
inline std::int64_t ShardsEach(std::int64_t shards, std::int64_t ranks) {
  return ranks > 0 && shards > ranks && shards % ranks == 0 ? shards / ranks : 1;
}
inline std::int64_t WeightShards(const Args& a) {
  return ShardsEach(a.Int("tensor_parallel_num_weight_shards"), Tp(a));
}
inline std::int64_t ExpertWeightShards(const Args& a) {
  return ShardsEach(a.Int("expert_tensor_parallel_num_weight_shards"),
                    a.Int("expert_tensor_parallel_size"));
}
inline bool ShardsWeights(const Args& a) {
  return a.minor() >= 19 && (WeightShards(a) > 1 || ExpertWeightShards(a) > 1);
}

}  // namespace nam56r::dialect::rules
