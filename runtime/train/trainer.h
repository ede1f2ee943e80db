#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>

#include "runtime/comm/communicator.h"
#include "runtime/train/events.h"
#include "src/contract/reader.h"
#include "src/data/samples.h"

namespace nam56r::runtime {

/// Training cannot go on: a loss or gradient that is not finite. The message names step, rank and
/// what it was.
class TrainingError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Means over the micro-batches of a global batch.
struct GlobalLosses {
  double lm = 0;         ///< nats a token
  double mtp = 0;        ///< mean over depths
  double auxiliary = 0;  ///< sum over slots, with coefficients
};

struct StepResult {
  GlobalLosses losses;
  double gradient_norm = 0;  ///< L2, of the whole model, before clipping
  double lr = 0;
};

/// One rank's part in training a model: its stage, its optimizer, its samples.
class Trainer {
 public:
  /// |contract| is one that CheckRunnable() accepts, |communicator| has its layout. All arguments
  /// outlive the trainer. |validation| may be null if policy.data.eval_iters is 0.
  Trainer(const contract::ReadContract& contract, Communicator& communicator,
          const data::SampleStream& training, const data::SampleStream* validation);
  ~Trainer();

  std::int64_t parameters() const;  ///< on this rank

  /// The next optimizer step. Every rank answers the same.
  StepResult Step();
  /// Mean losses over policy.data.eval_iters global batches of the validation samples; the same on
  /// every rank.
  GlobalLosses Validate();

  /// All steps of the policy, reported as docs/events.md says.
  void Run(EventWriter& events);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nam56r::runtime
