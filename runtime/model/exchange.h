#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

namespace nam56r::runtime {

/// Moves token rows between the ranks of one expert-parallel group. Every rank of the group calls
/// the same methods in the same order.
class ExpertExchange {
 public:
  virtual ~ExpertExchange() = default;
  virtual std::int64_t size() const = 0;  ///< EP
  virtual std::int64_t rank() const = 0;  ///< within the group

  /// Every rank tells every other how many items it will send: |counts| is int64 [size, k], row i
  /// for rank i; the answer is [size, k], row i from rank i. Not differentiable.
  virtual torch::Tensor ExchangeCounts(const torch::Tensor& counts) = 0;

  /// Rows of |rows| ([sum(send), hidden], ordered by destination rank) go to their destinations;
  /// the answer holds the rows received, [sum(receive), hidden], ordered by source rank.
  /// Differentiable: the backward pass sends gradients the other way round.
  virtual torch::Tensor AllToAll(const torch::Tensor& rows, const std::vector<std::int64_t>& send,
                                 const std::vector<std::int64_t>& receive) = 0;
};

/// EP = 1: everything stays here.
class LocalExchange final : public ExpertExchange {
 public:
  std::int64_t size() const override { return 1; }
  std::int64_t rank() const override { return 0; }
  torch::Tensor ExchangeCounts(const torch::Tensor& counts) override { return counts; }
  torch::Tensor AllToAll(const torch::Tensor& rows, const std::vector<std::int64_t>&,
                         const std::vector<std::int64_t>&) override {
    return rows;
  }
};

}  // namespace nam56r::runtime
