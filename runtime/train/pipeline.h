#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/comm/process_group.h"
#include "runtime/model/layer.h"
#include "runtime/model/stage.h"

namespace nam56r::runtime {

/// One micro-batch: int64 [batch, sequence] each, |labels| the tokens that follow.
struct MicroBatch {
  torch::Tensor tokens;
  torch::Tensor labels;
};

/// What a pipeline drives.
class PipelineStage {
 public:
  virtual ~PipelineStage() = default;
  /// |hidden| is undefined on the first stage. Answers [batch, sequence, hidden].
  virtual torch::Tensor Forward(const MicroBatch& batch, const torch::Tensor& hidden,
                                ForwardRecord& record) = 0;
  /// Last stage only.
  virtual StageLoss Losses(const torch::Tensor& hidden, const MicroBatch& batch,
                           ForwardRecord& record) = 0;
  /// Last stage only.
  virtual torch::Tensor Objective(const StageLoss& loss, const ForwardRecord& record) const = 0;
};

/// The model's stage behind that interface.
class ModelStage final : public PipelineStage {
 public:
  explicit ModelStage(StageModule& module) : module_(module) {}
  torch::Tensor Forward(const MicroBatch& batch, const torch::Tensor& hidden,
                        ForwardRecord& record) override;
  StageLoss Losses(const torch::Tensor& hidden, const MicroBatch& batch,
                   ForwardRecord& record) override;
  torch::Tensor Objective(const StageLoss& loss, const ForwardRecord& record) const override;

 private:
  StageModule& module_;
};

/// Sums over the micro-batches that one rank ran; what this stage does not compute is 0.
struct LossSums {
  double lm = 0;         ///< nats a token
  double mtp = 0;        ///< mean over depths, unscaled
  double auxiliary = 0;  ///< already multiplied by its coefficient
};

/// A loss that is infinite or not a number.
class NonFiniteLoss : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Runs micro-batches through the stages of one pipeline. Every stage makes the same calls with the
/// same shapes; |group| is the pipeline, in stage order.
class Pipeline {
 public:
  Pipeline(PipelineStage& stage, ProcessGroup& group, std::int64_t hidden_size);

  /// Forward and backward of every micro-batch, 1F1B. Gradients of the objectives times |scale| are
  /// added to those of the parameters. Throws NonFiniteLoss (if |check_finite|) and
  /// CommunicationError.
  LossSums Train(std::span<const MicroBatch> batches, double scale, bool check_finite);

  /// Forward only, without gradients.
  LossSums Evaluate(std::span<const MicroBatch> batches);

 private:
  class Inbox;

  bool is_first() const { return group_.rank() == 0; }
  bool is_last() const { return group_.rank() == group_.size() - 1; }

  PipelineStage& stage_;
  ProcessGroup& group_;
  std::int64_t hidden_size_;
};

}  // namespace nam56r::runtime
