#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/model/stage.h"

namespace nam56r::runtime {

/// All parameters of a rank as slices of one contiguous fp32 buffer, and their gradients as slices
/// of a second one laid out alike, so that reduction and update are a few large operations. The
/// leaves keep their identity: a module that holds them reads and writes the buffers.
///
/// Order: dense, embedding copies, experts; in each, those with weight decay first, then by name.
/// Ranks that hold the same parameters lay them out alike.
class FlatParameters {
 public:
  struct Range {
    std::int64_t begin = 0;
    std::int64_t length = 0;
  };
  struct Placed {
    StageParameter parameter;
    Range range;
  };

  explicit FlatParameters(std::vector<StageParameter> parameters);

  const std::vector<Placed>& placed() const { return placed_; }
  std::int64_t count() const { return count_; }  ///< parameters, padding not counted
  const torch::Tensor& values() const { return values_; }
  const torch::Tensor& gradients() const { return gradients_; }
  /// The slice of |gradients| that is reduced in one way; may be empty.
  torch::Tensor GradientsOf(Replication replication) const;
  /// Slices with weight decay.
  const std::vector<Range>& decayed() const { return decayed_; }

  void ZeroGradients() { gradients_.zero_(); }
  /// Names of the parameters with a gradient that is infinite or not a number.
  std::vector<std::string> NonFiniteGradients() const;

 private:
  std::vector<Placed> placed_;
  std::int64_t count_ = 0;
  torch::Tensor values_;
  torch::Tensor gradients_;
  Range dense_, embedding_, expert_;
  std::vector<Range> decayed_;
};

}  // namespace nam56r::runtime
