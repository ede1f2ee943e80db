#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "runtime/comm/communicator.h"
#include "runtime/train/events.h"
#include "runtime/train/stop_request.h"
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

/// What a run does beside training; everything may be left out.
struct RunControl {
  Activity* activity = nullptr;       ///< told what the rank is doing
  const StopRequest* stop = nullptr;  ///< asked after each step
  std::filesystem::path load = {};    ///< directory of checkpoints to go on from
  std::filesystem::path save = {};    ///< directory of checkpoints to write
  std::string run = {};               ///< whose checkpoints they are: a receipt's name
};

enum class RunEnd {
  kDone,     ///< every step of the policy
  kStopped,  ///< on request, after a checkpoint if any are written
};

struct StepResult {
  GlobalLosses losses;
  double gradient_norm = 0;  ///< L2, of the whole model, before clipping
  double lr = 0;
  bool stop = false;  ///< a rank was asked to stop; the same on every rank
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

  /// All steps of the policy, reported as docs/events.md says. Goes on from |control.load|, and
  /// from the newest checkpoint in |control.save| if this very run wrote it. Errors: those of
  /// ReadCheckpoint, TRAIN0008 (host) the checkpoints in |control.save| are another run's.
  base::Expected<RunEnd> Run(EventWriter& events, const RunControl& control = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nam56r::runtime
