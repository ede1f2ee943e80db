#pragma once

#include "runtime/comm/communicator.h"
#include "runtime/train/flat_parameters.h"

namespace nam56r::runtime {

/// Sums gradients over the ranks that hold the same parameters: dense ones over the data-parallel
/// group, those of experts over the expert-data-parallel group (their tokens have come from the
/// whole expert-parallel group already), those of the embedding copies also over the first and last
/// stage.
class GradientSync {
 public:
  /// Both outlive it. Every rank makes one. Throws std::logic_error if the first and the last
  /// stage do not hold the same embedding copies.
  GradientSync(FlatParameters& parameters, Communicator& communicator);

  void Reduce();

  /// Squared L2 norm of the reduced gradients that this rank answers for; the sum over the world
  /// counts every parameter of the model once.
  double OwnSquaredNorm() const;

 private:
  FlatParameters& parameters_;
  Communicator& communicator_;
};

}  // namespace nam56r::runtime
