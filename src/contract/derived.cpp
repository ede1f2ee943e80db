#include "src/contract/derived.h"

#include <initializer_list>

namespace nam56r::contract {
namespace {

// Divides step by step, so that no product of hostile inputs can overflow.
std::int64_t DivideEvenly(std::int64_t value, std::initializer_list<std::int64_t> divisors) {
  for (std::int64_t divisor : divisors) {
    if (divisor <= 0 || value % divisor != 0) return 0;
    value /= divisor;
  }
  return value;
}

}  // namespace

Derived Derive(const policy::Policy& policy) {
  const policy::Layout& layout = policy.layout;
  Derived derived;
  derived.data_parallel =
      DivideEvenly(layout.world_size,
                   {layout.tensor_parallel, layout.pipeline_parallel, layout.context_parallel});
  derived.expert_data_parallel = DivideEvenly(
      layout.world_size,
      {layout.expert_tensor_parallel, layout.expert_parallel, layout.pipeline_parallel});
  derived.micro_batches = DivideEvenly(policy.batch.global_batch_size,
                                       {policy.batch.micro_batch_size, derived.data_parallel});
  return derived;
}

plan::Cuts CutsOf(const policy::Policy& policy) {
  return {policy.layout.pipeline_parallel, policy.layout.virtual_pipeline_parallel,
          policy.mtp.depth, policy.layout.layers_per_chunk};
}

plan::CutsOrigin CutsOriginOf(const base::Loaded<policy::Policy>& policy) {
  return {policy.At("layout.pipeline_parallel"), policy.At("layout.virtual_pipeline_parallel"),
          policy.At("mtp.depth"), policy.At("layout.layers_per_chunk")};
}

}  // namespace nam56r::contract
