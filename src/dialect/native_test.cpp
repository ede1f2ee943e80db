#include "src/dialect/native.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/dialect/native_rules.h"
#include "src/seams/test_launch.h"

namespace nam56r::dialect {
namespace {

using seams::Change;
using seams::Laptop;
using seams::TestLaunch;
using testing::Contains;
using testing::HasSubstr;

TEST(Native, SurfaceIsTheContractsFields) {
  const TestLaunch launch = Laptop();
  auto lowered = Lower(launch.On("native"));
  ASSERT_TRUE(lowered) << lowered.errors().front().message;
  std::size_t layout = 0;
  for (const NativeArg& arg : lowered->args) {
    if (arg.flag == "model.hidden_size") {
      EXPECT_EQ(arg.values, std::vector<std::string>{"128"});
      EXPECT_EQ(arg.owner, base::Surface::kPlan);
      EXPECT_EQ(arg.from, "recipe model.hidden_size");
    }
    layout += arg.owner == base::Surface::kPolicy ? 1 : 0;
  }
  EXPECT_EQ(layout, 9u);  // every field of the policy's [layout]
  EXPECT_EQ(lowered->args.size(), recipe::Schema().size() + layout);
  EXPECT_EQ(lowered->fields.size(), policy::Schema().size());
  EXPECT_TRUE(lowered->rewrites.empty());
}

struct Refused {
  std::string field;
  Change change;
};

TEST(Native, RefusesWhatTheRuntimeDoesNotExecute) {
  const std::vector<Refused> cases = {
      {"recipe.dsa.ranks",
       [](auto& r, auto&) {
         r.dsa.ranks = {1, 3};
       }},
      {"recipe.structure.enabled", [](auto& r, auto&) { r.structure.enabled = true; }},
      {"recipe.model.tokenizer",
       [](auto& r, auto&) { r.model.tokenizer = "HuggingFaceTokenizer"; }},
      {"recipe.dense.activation", [](auto& r, auto&) { r.dense.activation = "squared_relu"; }},
      {"recipe.model.attention", [](auto& r, auto&) { r.model.attention = "gqa"; }},
      {"recipe.engram.ranks", [](auto& r, auto&) { r.engram.ranks = {2}; }},
      {"recipe.mhc.ranks",
       [](auto& r, auto&) {
         r.mhc.ranks = {0, 3};
       }},
      {"recipe.mod.ranks", [](auto& r, auto&) { r.mod.ranks = {3}; }},
      {"recipe.moe.load_balancing",
       [](auto& r, auto&) { r.moe.load_balancing = "global_aux_loss"; }},
      {"recipe.moe.z_loss_coeff", [](auto& r, auto&) { r.moe.z_loss_coeff = 1e-3; }},
      {"recipe.moe.num_groups",
       [](auto& r, auto&) {
         r.moe.num_groups = 2;
         r.moe.group_topk = 1;
       }},
      {"recipe.moe.topk_scaling_factor", [](auto& r, auto&) { r.moe.topk_scaling_factor = 2.5; }},
      {"recipe.moe.pre_softmax",
       [](auto& r, auto&) {
         r.moe.pre_softmax = true;
         r.moe.score_function = "softmax";
       }},
      {"recipe.moe.activation", [](auto& r, auto&) { r.moe.activation = "swiglu"; }},
      {"recipe.moe.shared_expert_activation",
       [](auto& r, auto&) { r.moe.shared_expert_activation = "swiglu"; }},
      {"recipe.mamba.kind",
       [](auto& r, auto&) {
         r.mamba.kind = "mamba2";
         r.mamba.mimo_rank = 1;
         r.mamba.rope_fraction = 0;
       }},
      {"recipe.m2rnn.pre_norm", [](auto& r, auto&) { r.m2rnn.pre_norm = false; }},
      {"recipe.mtp.shared_block", [](auto& r, auto&) { r.mtp.shared_block = true; }},
      {"policy.run.recipe_mode", [](auto&, auto& p) { p.run.recipe_mode = "nemo"; }},
      {"policy.layout.tensor_parallel",
       [](auto&, auto& p) {
         p.layout.tensor_parallel = 2;
         p.layout.expert_parallel = 1;
       }},
      {"policy.layout.sequence_parallel",
       [](auto&, auto& p) { p.layout.sequence_parallel = true; }},
      {"policy.layout.context_parallel", [](auto&, auto& p) { p.layout.context_parallel = 2; }},
      {"policy.layout.expert_tensor_parallel",
       [](auto&, auto& p) { p.layout.expert_tensor_parallel = 2; }},
      {"policy.layout.expert_parallel", [](auto&, auto& p) { p.layout.expert_parallel = 4; }},
      {"policy.schedule.kind", [](auto&, auto& p) { p.schedule.kind = "interleaved"; }},
      {"policy.precision.compute", [](auto&, auto& p) { p.precision.compute = "bf16"; }},
      {"policy.graphs.implementation", [](auto&, auto& p) { p.graphs.implementation = "local"; }},
      {"policy.recompute.granularity", [](auto&, auto& p) { p.recompute.granularity = "full"; }},
      {"policy.optimizer.distributed", [](auto&, auto& p) { p.optimizer.distributed = true; }},
      {"policy.optimizer.precision_aware",
       [](auto&, auto& p) { p.optimizer.precision_aware = true; }},
      {"policy.overlap.grad_reduce", [](auto&, auto& p) { p.overlap.grad_reduce = true; }},
      {"policy.overlap.param_gather", [](auto&, auto& p) { p.overlap.param_gather = true; }},
      {"policy.dispatcher.kind", [](auto&, auto& p) { p.dispatcher.kind = "flex"; }},
      {"recipe.moe.capacity_factor", [](auto& r, auto&) { r.moe.capacity_factor = 1; }},
      {"policy.dispatcher.pad_to_capacity",
       [](auto&, auto& p) { p.dispatcher.pad_to_capacity = true; }},
      {"policy.attention.sparse_mode",
       [](auto&, auto& p) { p.attention.sparse_mode = "tilelang"; }},
      {"policy.mtp.cross_entropy", [](auto&, auto& p) { p.mtp.cross_entropy = "liger"; }},
      {"policy.graphs.optimizer", [](auto&, auto& p) { p.graphs.optimizer = true; }},
      {"policy.attention.indexer_sparse_loss",
       [](auto&, auto& p) { p.attention.indexer_sparse_loss = true; }},
      {"policy.attention.index_cache_ranks",
       [](auto&, auto& p) { p.attention.index_cache_ranks = {0}; }},
      {"policy.precision.fp8_families", [](auto&, auto& p) { p.precision.fp8_families = {"E"}; }},
      {"policy.precision.bf16_layers_at_start",
       [](auto&, auto& p) { p.precision.bf16_layers_at_start = 1; }},
      {"policy.precision.bf16_layers_at_end",
       [](auto&, auto& p) { p.precision.bf16_layers_at_end = 1; }},
      {"policy.optimizer.kind", [](auto&, auto& p) { p.optimizer.kind = "muon"; }},
      {"policy.optimizer.lr_decay_iters", [](auto&, auto& p) { p.optimizer.lr_decay_iters = 9; }},
      {"policy.optimizer.cpu_offload_fraction",
       [](auto&, auto& p) { p.optimizer.cpu_offload_fraction = 0.5; }},
      {"policy.overlap.tp_comm", [](auto&, auto& p) { p.overlap.tp_comm = true; }},
      {"policy.kernels.moe_permute_fusion",
       [](auto&, auto& p) { p.kernels.moe_permute_fusion = true; }},
      {"policy.kernels.moe_router_fusion",
       [](auto&, auto& p) { p.kernels.moe_router_fusion = true; }},
      {"policy.caches.key", [](auto&, auto& p) { p.caches.key = {"dialect"}; }},
      {"policy.data.num_workers", [](auto&, auto& p) { p.data.num_workers = 4; }},
      {"policy.checkpoint.format", [](auto&, auto& p) { p.checkpoint.load = "run"; }},
      {"policy.checkpoint.async_save", [](auto&, auto& p) { p.checkpoint.async_save = true; }},
      {"policy.bootstrap_environment",
       [](auto&, auto& p) { p.bootstrap_environment["NVTE_DEBUG"] = "1"; }},
      {"policy.seams.required", [](auto&, auto& p) { p.seams.required = {"m2rnn-mixer"}; }},
  };
  for (const Refused& c : cases) {
    const TestLaunch launch = Laptop(c.change);
    auto lowered = Lower(launch.On("native"));
    ASSERT_FALSE(lowered) << c.field;
    ASSERT_EQ(lowered.errors().size(), 1u) << c.field;
    const base::Diagnostic& error = lowered.errors().front();
    EXPECT_EQ(error.code, "DIALECT0002");
    EXPECT_THAT(error.fields, Contains(c.field));
    EXPECT_FALSE(error.valid.empty()) << c.field;
    EXPECT_FALSE(error.fix.empty()) << c.field;
    EXPECT_FALSE(error.where.empty()) << c.field;
    EXPECT_EQ(error.surface,
              c.field.starts_with("recipe.") ? base::Surface::kPlan : base::Surface::kPolicy);
  }
}

TEST(Native, RefusalOfSparseAttentionNamesRanksAndLayers) {
  const TestLaunch launch = Laptop([](auto& r, auto&) { r.dsa.ranks = {1, 3}; });
  auto lowered = Lower(launch.On("native"));
  ASSERT_FALSE(lowered);
  const base::Diagnostic& error = lowered.errors().front();
  EXPECT_THAT(error.message, HasSubstr("[1, 3]"));
  EXPECT_THAT(error.message, HasSubstr("layer 5 (A-rank 1), layer 13 (A-rank 3)"));
  EXPECT_TRUE(error.where.front().at.file.ends_with("nam56r-tiny.toml"));
}

TEST(Native, RefusalsOfPlacedFeaturesNameTheirLayers) {
  const TestLaunch launch = Laptop([](auto& r, auto&) {
    r.engram.ranks = {2};
    r.mod.ranks = {3};
  });
  auto lowered = Lower(launch.On("native"));
  ASSERT_FALSE(lowered);
  ASSERT_EQ(lowered.errors().size(), 2u);
  EXPECT_THAT(lowered.errors()[0].message, HasSubstr("layer 9 (A-rank 2)"));
  EXPECT_THAT(lowered.errors()[1].message, HasSubstr("layer 8 (E-rank 3)"));
}

TEST(Native, ReportsEverythingAtOnce) {
  const TestLaunch launch = Laptop([](auto& r, auto& p) {
    r.structure.enabled = true;
    p.precision.compute = "fp8";
    p.optimizer.distributed = true;
  });
  auto lowered = Lower(launch.On("native"));
  ASSERT_FALSE(lowered);
  EXPECT_EQ(lowered.errors().size(), 3u);
}

TEST(Native, EveryRuleIsAboutAFieldThatExists) {
  const TestLaunch launch = Laptop();
  const Context context = launch.On("native");
  for (const SupportRule& rule : NativeRules()) {
    EXPECT_FALSE(rule.refuses(context)) << rule.field;
    EXPECT_FALSE(rule.valid(context).empty()) << rule.field;
  }
}

TEST(Lower, UnknownDialectIsRefusedWithTheNearest) {
  const TestLaunch launch = Laptop();
  auto lowered = Lower(launch.On("megatron@0.29"));
  ASSERT_FALSE(lowered);
  EXPECT_EQ(lowered.errors().front().code, "DIALECT0003");
  EXPECT_THAT(lowered.errors().front().valid, Contains("megatron@0.19"));
  EXPECT_THAT(lowered.errors().front().fix, HasSubstr("megatron@0.19"));
}

}  // namespace
}  // namespace nam56r::dialect
