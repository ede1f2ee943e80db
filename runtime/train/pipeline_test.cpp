#include "runtime/train/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "runtime/comm/communicator.h"
#include "runtime/comm/forked_ranks.h"

namespace nam56r::runtime {
namespace {

constexpr std::int64_t kHidden = 6;
constexpr std::int64_t kVocabulary = 13;
constexpr std::int64_t kLayers = 4;

/// A stage of tanh layers with an auxiliary loss each, an embedding in front and a head behind.
class FakeStage final : public PipelineStage {
 public:
  FakeStage(std::int64_t stage, std::int64_t stages) : last_(stage == stages - 1) {
    torch::manual_seed(5);  // every stage draws the whole model and keeps its part
    embedding_ = torch::randn({kVocabulary, kHidden}).requires_grad_(true);
    head_ = torch::randn({kVocabulary, kHidden}).requires_grad_(true);
    for (std::int64_t layer = 0; layer < kLayers; ++layer) {
      const auto weight = torch::randn({kHidden, kHidden}).requires_grad_(true);
      if (layer * stages / kLayers == stage) layers_.push_back(weight);
    }
    if (stage == 0) parameters_.push_back(embedding_);
    parameters_.insert(parameters_.end(), layers_.begin(), layers_.end());
    if (last_) parameters_.push_back(head_);
  }

  torch::Tensor Forward(const MicroBatch& batch, const torch::Tensor& hidden,
                        ForwardRecord& record) override {
    torch::Tensor x = hidden.defined() ? hidden : torch::embedding(embedding_, batch.tokens);
    for (const auto& weight : layers_) {
      x = x + torch::tanh(torch::matmul(x, weight)) * poison_;
      record.auxiliary_losses.push_back(x.square().mean() * 0.01);
    }
    return x;
  }
  StageLoss Losses(const torch::Tensor& hidden, const MicroBatch& batch, ForwardRecord&) override {
    const auto logits = torch::linear(hidden, head_).view({-1, kVocabulary});
    StageLoss loss;
    loss.lm = torch::cross_entropy_loss(logits, batch.labels.flatten());
    loss.mtp = {loss.lm * 2.0, loss.lm * 4.0};
    return loss;
  }
  torch::Tensor Objective(const StageLoss& loss, const ForwardRecord& record) const override {
    torch::Tensor objective = loss.lm + loss.mtp[0] * 0.1;
    for (const auto& auxiliary : record.auxiliary_losses) objective = objective + auxiliary;
    return objective;
  }

  const std::vector<torch::Tensor>& parameters() const { return parameters_; }
  void Poison() { poison_ = std::nan(""); }

 private:
  bool last_;
  double poison_ = 1.0;
  torch::Tensor embedding_, head_;
  std::vector<torch::Tensor> layers_, parameters_;
};

std::vector<MicroBatch> Batches(std::int64_t count) {
  torch::manual_seed(11);
  std::vector<MicroBatch> batches;
  for (std::int64_t i = 0; i < count; ++i) {
    batches.push_back({torch::randint(kVocabulary, {2, 7}, torch::kInt64),
                       torch::randint(kVocabulary, {2, 7}, torch::kInt64)});
  }
  return batches;
}

std::string Bytes(const torch::Tensor& tensor) {
  const auto flat = tensor.contiguous();
  return std::string(static_cast<const char*>(flat.data_ptr()),
                     static_cast<std::size_t>(flat.nbytes()));
}

torch::Tensor FromBytes(const std::string& bytes, torch::ScalarType type) {
  const auto tensor =
      torch::empty({static_cast<std::int64_t>(bytes.size() / torch::elementSize(type))}, type);
  std::memcpy(tensor.data_ptr(), bytes.data(), bytes.size());
  return tensor;
}

/// Gradients of the whole model (fp32) that |stages| ranks compute, and the sums of their losses.
struct Outcome {
  torch::Tensor gradients;
  double lm = 0, mtp = 0, auxiliary = 0;
  double evaluated_lm = 0;
};

Outcome RunPipeline(std::int64_t stages, std::int64_t micro_batches) {
  const auto ranks = RunRanks(stages, [&](const Rendezvous& rendezvous) {
    const auto topology = Topology::Make({.world = stages, .pipeline = stages});
    auto communicator = Communicator::Connect(rendezvous, *topology, {std::chrono::seconds(20)});
    if (!communicator) throw std::runtime_error(communicator.errors().at(0).message);
    FakeStage stage(rendezvous.rank, stages);
    Pipeline pipeline(stage, (*communicator)->group(GroupKind::kPipeline), kHidden);
    const auto batches = Batches(micro_batches);
    const LossSums evaluated = pipeline.Evaluate(batches);
    const LossSums sums = pipeline.Train(batches, 0.25, true);
    (*communicator)->world().Barrier();
    std::string report =
        Bytes(torch::tensor({sums.lm, sums.mtp, sums.auxiliary, evaluated.lm}, torch::kFloat64));
    for (const auto& parameter : stage.parameters()) report += Bytes(parameter.grad());
    return report;
  });
  Outcome outcome;
  std::vector<torch::Tensor> gradients;
  for (const ForkedRank& rank : ranks) {
    EXPECT_EQ(rank.exit_code, 0) << rank.report;
    if (rank.exit_code != 0) return outcome;
    const auto losses = FromBytes(rank.report.substr(0, 32), torch::kFloat64);
    outcome.lm += losses[0].item<double>();
    outcome.mtp += losses[1].item<double>();
    outcome.auxiliary += losses[2].item<double>();
    outcome.evaluated_lm += losses[3].item<double>();
    gradients.push_back(FromBytes(rank.report.substr(32), torch::kFloat32));
  }
  outcome.gradients = torch::cat(gradients);
  return outcome;
}

// The definition, without a pipeline.
Outcome Reference(std::int64_t micro_batches) {
  FakeStage stage(0, 1);
  Outcome outcome;
  for (const MicroBatch& batch : Batches(micro_batches)) {
    ForwardRecord record;
    const auto hidden = stage.Forward(batch, torch::Tensor(), record);
    const StageLoss loss = stage.Losses(hidden, batch, record);
    (stage.Objective(loss, record) * 0.25).backward();
    outcome.lm += loss.lm.item<double>();
    for (const auto& auxiliary : record.auxiliary_losses) {
      outcome.auxiliary += auxiliary.item<double>();
    }
  }
  outcome.mtp = 3.0 * outcome.lm;
  outcome.evaluated_lm = outcome.lm;
  std::vector<torch::Tensor> gradients;
  for (const auto& parameter : stage.parameters()) gradients.push_back(parameter.grad().flatten());
  outcome.gradients = torch::cat(gradients);
  return outcome;
}

class PipelineOf : public ::testing::TestWithParam<std::pair<std::int64_t, std::int64_t>> {};

TEST_P(PipelineOf, GivesTheGradientsAndLossesOfOneProcess) {
  const auto [stages, micro_batches] = GetParam();
  const Outcome piped = RunPipeline(stages, micro_batches);
  ASSERT_TRUE(piped.gradients.defined());
  const Outcome whole = Reference(micro_batches);
  EXPECT_TRUE(torch::allclose(piped.gradients, whole.gradients, 1e-5, 1e-7));
  EXPECT_GT(whole.gradients.abs().max().item<double>(), 0.01);
  EXPECT_NEAR(piped.lm, whole.lm, 1e-5);
  EXPECT_NEAR(piped.mtp, whole.mtp, 1e-5);
  EXPECT_NEAR(piped.auxiliary, whole.auxiliary, 1e-5);
  EXPECT_NEAR(piped.evaluated_lm, whole.lm, 1e-5);
}

INSTANTIATE_TEST_SUITE_P(All, PipelineOf,
                         ::testing::Values(std::pair{1, 3}, std::pair{2, 1}, std::pair{2, 5},
                                           std::pair{4, 2}, std::pair{4, 6}),
                         [](const auto& tested) {
                           return std::to_string(tested.param.first) + "StagesAnd" +
                                  std::to_string(tested.param.second) + "MicroBatches";
                         });

TEST(Pipeline, ALossThatIsNotANumberNamesTheMicroBatch) {
  const auto group = MakeSoloGroup("pipeline", 0);
  FakeStage stage(0, 1);
  stage.Poison();
  Pipeline pipeline(stage, *group, kHidden);
  const auto batches = Batches(2);
  try {
    pipeline.Train(batches, 1.0, true);
    FAIL() << "accepted";
  } catch (const NonFiniteLoss& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("language-model loss of micro-batch 0"));
  }
  EXPECT_TRUE(std::isnan(pipeline.Train(batches, 1.0, false).lm));
}

}  // namespace
}  // namespace nam56r::runtime
