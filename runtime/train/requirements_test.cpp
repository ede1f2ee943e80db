#include "runtime/train/requirements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace nam56r::runtime {
namespace {

using ::testing::HasSubstr;

contract::ReadContract Runnable() {
  contract::ReadContract contract;
  contract.dialect = "native";
  contract.recipe.model.tokenizer = "byte";
  contract.recipe.moe.num_experts = 8;
  contract.plan.slots.push_back({});
  contract.plan.slots.back().family = plan::Family::kE;
  contract.plan.layers = "E";
  contract.policy.layout.world_size = 4;
  contract.policy.layout.pipeline_parallel = 2;
  contract.policy.layout.expert_parallel = 2;
  contract.policy.batch.micro_batch_size = 4;
  contract.policy.batch.global_batch_size = 16;
  contract.policy.precision.compute = "fp32";
  return contract;
}

TEST(CheckRunnable, AcceptsTheLaptopLayout) {
  const base::Status status = CheckRunnable(Runnable(), 4);
  EXPECT_TRUE(status.ok()) << (status ? "" : status.errors().at(0).message);
}

TEST(CheckRunnable, RefusesAContractForAnotherBackendAndSaysNothingElse) {
  auto contract = Runnable();
  contract.dialect = "megatron@0.19";
  contract.policy.precision.compute = "bf16";
  const base::Status status = CheckRunnable(contract, 4);
  ASSERT_FALSE(status);
  ASSERT_EQ(status.errors().size(), 1u);
  EXPECT_EQ(status.errors()[0].code, "TRAIN0001");
  EXPECT_THAT(status.errors()[0].message, HasSubstr("megatron@0.19"));
}

TEST(CheckRunnable, RefusesAWorldOfAnotherSizeAndNamesBothSides) {
  const base::Status status = CheckRunnable(Runnable(), 2);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.errors().at(0).code, "TRAIN0002");
  EXPECT_THAT(status.errors().at(0).message, HasSubstr("WORLD_SIZE is 2"));
  EXPECT_THAT(status.errors().at(0).message, HasSubstr("4 ranks"));
}

TEST(CheckRunnable, ReportsEverythingThatItDoesNotHaveAtOnce) {
  auto contract = Runnable();
  contract.policy.schedule.kind = "dualpipev";
  contract.policy.precision.compute = "fp8";
  contract.recipe.dsa.ranks = {1};
  const base::Status status = CheckRunnable(contract, 4);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.errors().size(), 3u);
}

struct Unsupported {
  const char* field;
  std::function<void(contract::ReadContract&)> change;
};

class DoesNotHave : public ::testing::TestWithParam<Unsupported> {};

TEST_P(DoesNotHave, IsRefusedByFieldWithTheValidValueAndAWayOut) {
  auto contract = Runnable();
  GetParam().change(contract);
  const base::Status status = CheckRunnable(contract, contract.policy.layout.world_size);
  ASSERT_FALSE(status);
  const base::Diagnostic& error = status.errors().at(0);
  EXPECT_EQ(error.code, "TRAIN0003");
  EXPECT_EQ(error.fields.at(0), GetParam().field);
  EXPECT_FALSE(error.valid.empty());
  EXPECT_FALSE(error.fix.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, DoesNotHave,
    ::testing::Values(
        Unsupported{"layout.tensor_parallel", [](auto& c) { c.policy.layout.tensor_parallel = 2; }},
        Unsupported{"layout.virtual_pipeline_parallel",
                    [](auto& c) { c.policy.layout.virtual_pipeline_parallel = 2; }},
        Unsupported{"layout.context_parallel",
                    [](auto& c) { c.policy.layout.context_parallel = 2; }},
        Unsupported{"layout.expert_tensor_parallel",
                    [](auto& c) { c.policy.layout.expert_tensor_parallel = 2; }},
        Unsupported{"layout.sequence_parallel",
                    [](auto& c) { c.policy.layout.sequence_parallel = true; }},
        Unsupported{"schedule.kind", [](auto& c) { c.policy.schedule.kind = "interleaved"; }},
        Unsupported{"precision.compute", [](auto& c) { c.policy.precision.compute = "bf16"; }},
        Unsupported{"graphs.implementation",
                    [](auto& c) { c.policy.graphs.implementation = "local"; }},
        Unsupported{"recompute.granularity",
                    [](auto& c) { c.policy.recompute.granularity = "full"; }},
        Unsupported{"optimizer.kind", [](auto& c) { c.policy.optimizer.kind = "muon"; }},
        Unsupported{"optimizer.distributed",
                    [](auto& c) { c.policy.optimizer.distributed = true; }},
        Unsupported{"optimizer.lr_decay_style",
                    [](auto& c) { c.policy.optimizer.lr_decay_style = "wsd"; }},
        Unsupported{"overlap.grad_reduce", [](auto& c) { c.policy.overlap.grad_reduce = true; }},
        Unsupported{"dispatcher.kind", [](auto& c) { c.policy.dispatcher.kind = "flex"; }},
        Unsupported{"moe.capacity_factor", [](auto& c) { c.recipe.moe.capacity_factor = 1.25; }},
        Unsupported{"mtp.cross_entropy", [](auto& c) { c.policy.mtp.cross_entropy = "liger"; }},
        Unsupported{"checkpoint.format", [](auto& c) { c.policy.checkpoint.save = "runs"; }},
        Unsupported{"dsa.ranks", [](auto& c) { c.recipe.dsa.ranks = {1}; }},
        Unsupported{"engram.ranks", [](auto& c) { c.recipe.engram.ranks = {1}; }},
        Unsupported{"mhc.ranks", [](auto& c) { c.recipe.mhc.ranks = {1}; }},
        Unsupported{"mod.ranks", [](auto& c) { c.recipe.mod.ranks = {5}; }},
        Unsupported{"model.attention", [](auto& c) { c.recipe.model.attention = "gqa"; }},
        Unsupported{"mamba.kind", [](auto& c) { c.recipe.mamba.kind = "mamba2"; }},
        Unsupported{"m2rnn.pre_norm", [](auto& c) { c.recipe.m2rnn.pre_norm = false; }},
        Unsupported{"dense.activation", [](auto& c) { c.recipe.dense.activation = "swiglu"; }},
        Unsupported{"mtp.shared_block", [](auto& c) { c.recipe.mtp.shared_block = true; }},
        Unsupported{"moe.activation", [](auto& c) { c.recipe.moe.activation = "swiglu"; }},
        Unsupported{"moe.shared_expert_activation",
                    [](auto& c) { c.recipe.moe.shared_expert_activation = "swiglu"; }},
        Unsupported{"moe.load_balancing",
                    [](auto& c) { c.recipe.moe.load_balancing = "sinkhorn"; }},
        Unsupported{"moe.z_loss_coeff", [](auto& c) { c.recipe.moe.z_loss_coeff = 1e-3; }},
        Unsupported{"model.tokenizer",
                    [](auto& c) { c.recipe.model.tokenizer = "HuggingFaceTokenizer"; }},
        Unsupported{"moe.num_groups", [](auto& c) { c.recipe.moe.num_groups = 2; }},
        Unsupported{"moe.group_topk", [](auto& c) { c.recipe.moe.group_topk = 1; }},
        Unsupported{"moe.topk_scaling_factor",
                    [](auto& c) { c.recipe.moe.topk_scaling_factor = 2.5; }},
        Unsupported{"moe.pre_softmax", [](auto& c) { c.recipe.moe.pre_softmax = true; }},
        Unsupported{"structure.enabled", [](auto& c) { c.recipe.structure.enabled = true; }}),
    [](const auto& tested) {
      std::string name = tested.param.field;
      for (char& letter : name) letter = letter == '.' ? '_' : letter;
      return name;
    });

TEST(CheckRunnable, RefusesSizesThatDoNotDivide) {
  const auto message = [](const std::function<void(contract::ReadContract&)>& change) {
    auto contract = Runnable();
    change(contract);
    const base::Status status = CheckRunnable(contract, contract.policy.layout.world_size);
    if (status) return std::string("accepted");
    EXPECT_EQ(status.errors().at(0).code, "TRAIN0004");
    return status.errors().at(0).message;
  };
  EXPECT_THAT(message([](auto& c) { c.policy.batch.global_batch_size = 12; }),
              HasSubstr("12 sequences"));
  EXPECT_THAT(message([](auto& c) { c.policy.batch.global_batch_size = 4; }),
              HasSubstr("4 sequences"));
  EXPECT_THAT(message([](auto& c) { c.policy.layout.pipeline_parallel = 3; }),
              HasSubstr("3 pipeline stages"));
  EXPECT_THAT(message([](auto& c) { c.policy.layout.expert_parallel = 4; }), HasSubstr("EP 4"));
  EXPECT_THAT(message([](auto& c) { c.recipe.moe.num_experts = 7; }), HasSubstr("7 experts"));
}

}  // namespace
}  // namespace nam56r::runtime
