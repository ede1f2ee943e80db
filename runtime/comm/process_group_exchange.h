#pragma once

#include "runtime/comm/process_group.h"
#include "runtime/model/exchange.h"

namespace nam56r::runtime {

/// Token exchange over an expert-parallel process group. The graph that AllToAll builds refers to
/// the group: |group| outlives it.
class ProcessGroupExchange final : public ExpertExchange {
 public:
  explicit ProcessGroupExchange(ProcessGroup& group) : group_(group) {}

  std::int64_t size() const override { return group_.size(); }
  std::int64_t rank() const override { return group_.rank(); }
  torch::Tensor ExchangeCounts(const torch::Tensor& counts) override;
  torch::Tensor AllToAll(const torch::Tensor& rows, const std::vector<std::int64_t>& send,
                         const std::vector<std::int64_t>& receive) override;

 private:
  ProcessGroup& group_;
};

}  // namespace nam56r::runtime
