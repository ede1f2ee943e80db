#include "runtime/train/pipeline.h"

#include <cmath>
#include <deque>
#include <map>

#include "runtime/train/schedule.h"

namespace nam56r::runtime {
namespace {

int TagOf(Pass pass, std::int64_t micro_batch) {
  return static_cast<int>(2 * micro_batch + (pass == Pass::kForward ? 0 : 1));
}

/// What a micro-batch leaves behind between its forward and its backward pass.
struct InFlight {
  torch::Tensor input;      ///< received hidden states; undefined on the first stage
  torch::Tensor output;     ///< hidden states sent on; undefined on the last stage
  torch::Tensor objective;  ///< scaled; undefined where this stage adds nothing to it
};

torch::Tensor SumOf(const std::vector<torch::Tensor>& scalars) {
  torch::Tensor sum;
  for (const torch::Tensor& scalar : scalars) sum = sum.defined() ? sum + scalar : scalar;
  return sum;
}

/// Adds a micro-batch's losses to |sums| and answers them alone.
LossSums Record(const StageLoss& loss, const ForwardRecord& record, LossSums& sums) {
  LossSums own;
  if (loss.lm.defined()) own.lm = loss.lm.item<double>();
  for (const torch::Tensor& mtp : loss.mtp) {
    own.mtp += mtp.item<double>() / static_cast<double>(loss.mtp.size());
  }
  for (const torch::Tensor& auxiliary : record.auxiliary_losses) {
    own.auxiliary += auxiliary.item<double>();
  }
  sums.lm += own.lm;
  sums.mtp += own.mtp;
  sums.auxiliary += own.auxiliary;
  return own;
}

void RequireFinite(const LossSums& losses, std::int64_t micro_batch) {
  const std::pair<const char*, double> all[] = {{"language-model loss", losses.lm},
                                                {"multi-token-prediction loss", losses.mtp},
                                                {"auxiliary loss", losses.auxiliary}};
  for (const auto& [name, value] : all) {
    if (std::isfinite(value)) continue;
    throw NonFiniteLoss(std::string(name) + " of micro-batch " + std::to_string(micro_batch) +
                        " is " + std::to_string(value));
  }
}

}  // namespace

torch::Tensor ModelStage::Forward(const MicroBatch& batch, const torch::Tensor& hidden,
                                  ForwardRecord& record) {
  return module_.ForwardSlots(batch.tokens, hidden, record);
}

StageLoss ModelStage::Losses(const torch::Tensor& hidden, const MicroBatch& batch,
                             ForwardRecord& record) {
  return module_.Losses(hidden, batch.tokens, batch.labels, record);
}

torch::Tensor ModelStage::Objective(const StageLoss& loss, const ForwardRecord& record) const {
  return module_.Objective(loss, record);
}

/// Hidden states or gradients from one neighbour, each asked for one micro-batch ahead so that it
/// arrives while this stage computes.
class Pipeline::Inbox {
 public:
  Inbox(ProcessGroup& group, std::int64_t peer, Pass pass, std::span<const MicroBatch> batches,
        std::int64_t hidden_size)
      : group_(group), peer_(peer), pass_(pass), batches_(batches), hidden_size_(hidden_size) {
    Ask();
  }

  /// The next one, in the order of micro-batches.
  torch::Tensor Take() {
    Letter letter = std::move(asked_.front());
    asked_.pop_front();
    Ask();
    letter.transfer.Wait();
    return letter.tensor;
  }

 private:
  struct Letter {
    torch::Tensor tensor;
    Transfer transfer;
  };

  void Ask() {
    if (next_ == std::ssize(batches_)) return;
    const torch::Tensor& tokens = batches_[static_cast<std::size_t>(next_)].tokens;
    const auto tensor = torch::empty({tokens.size(0), tokens.size(1), hidden_size_});
    Transfer transfer = group_.Receive(tensor, peer_, TagOf(pass_, next_));
    asked_.push_back({tensor, std::move(transfer)});
    ++next_;
  }

  ProcessGroup& group_;
  std::int64_t peer_;
  Pass pass_;
  std::span<const MicroBatch> batches_;
  std::int64_t hidden_size_;
  std::int64_t next_ = 0;
  std::deque<Letter> asked_;
};

Pipeline::Pipeline(PipelineStage& stage, ProcessGroup& group, std::int64_t hidden_size)
    : stage_(stage), group_(group), hidden_size_(hidden_size) {}

LossSums Pipeline::Train(std::span<const MicroBatch> batches, double scale, bool check_finite) {
  std::unique_ptr<Inbox> activations, gradients;
  if (!is_first()) {
    activations =
        std::make_unique<Inbox>(group_, group_.rank() - 1, Pass::kForward, batches, hidden_size_);
  }
  if (!is_last()) {
    gradients =
        std::make_unique<Inbox>(group_, group_.rank() + 1, Pass::kBackward, batches, hidden_size_);
  }
  LossSums sums;
  std::map<std::int64_t, InFlight> in_flight;
  std::vector<Transfer> outgoing;
  const auto schedule = OneForwardOneBackward(group_.rank(), group_.size(), std::ssize(batches));
  for (const auto& [pass, micro_batch] : schedule) {
    if (pass == Pass::kForward) {
      const MicroBatch& batch = batches[static_cast<std::size_t>(micro_batch)];
      InFlight flight;
      if (activations) flight.input = activations->Take().requires_grad_(true);
      ForwardRecord record;
      StageLoss loss;
      torch::Tensor output = stage_.Forward(batch, flight.input, record);
      if (is_last()) {
        loss = stage_.Losses(output, batch, record);
        flight.objective = stage_.Objective(loss, record) * scale;
      } else {
        flight.output = output.contiguous();
        outgoing.push_back(group_.Send(flight.output.detach(), group_.rank() + 1,
                                       TagOf(Pass::kForward, micro_batch)));
        const torch::Tensor auxiliary = SumOf(record.auxiliary_losses);
        if (auxiliary.defined()) flight.objective = auxiliary * scale;
      }
      const LossSums own = Record(loss, record, sums);
      if (check_finite) RequireFinite(own, micro_batch);
      in_flight[micro_batch] = std::move(flight);
      continue;
    }
    const InFlight flight = std::move(in_flight.extract(micro_batch).mapped());
    std::vector<torch::Tensor> roots, root_gradients;
    if (flight.objective.defined()) {
      roots.push_back(flight.objective);
      root_gradients.emplace_back();
    }
    if (flight.output.defined()) {
      roots.push_back(flight.output);
      root_gradients.push_back(gradients->Take());
    }
    torch::autograd::backward(roots, root_gradients);
    if (flight.input.defined()) {
      outgoing.push_back(group_.Send(flight.input.grad().contiguous(), group_.rank() - 1,
                                     TagOf(Pass::kBackward, micro_batch)));
    }
  }
  for (Transfer& transfer : outgoing) transfer.Wait();
  return sums;
}

LossSums Pipeline::Evaluate(std::span<const MicroBatch> batches) {
  const torch::NoGradGuard no_grad;
  std::unique_ptr<Inbox> activations;
  if (!is_first()) {
    activations =
        std::make_unique<Inbox>(group_, group_.rank() - 1, Pass::kForward, batches, hidden_size_);
  }
  LossSums sums;
  std::vector<Transfer> outgoing;
  for (std::int64_t i = 0; i < std::ssize(batches); ++i) {
    const MicroBatch& batch = batches[static_cast<std::size_t>(i)];
    ForwardRecord record;
    const torch::Tensor output =
        stage_.Forward(batch, activations ? activations->Take() : torch::Tensor(), record);
    StageLoss loss;
    if (is_last()) {
      loss = stage_.Losses(output, batch, record);
    } else {
      outgoing.push_back(
          group_.Send(output.contiguous(), group_.rank() + 1, TagOf(Pass::kForward, i)));
    }
    Record(loss, record, sums);
  }
  for (Transfer& transfer : outgoing) transfer.Wait();
  return sums;
}

}  // namespace nam56r::runtime
