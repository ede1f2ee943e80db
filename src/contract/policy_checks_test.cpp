#include "src/contract/policy_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/contract/derived.h"
#include "src/contract/test_contracts.h"

namespace nam56r::contract {
namespace {

using policy::Policy;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

base::Diagnostics Findings(const seams::TestLaunch& launch) {
  const auto plan = plan::Expand(launch.recipe, CutsOf(launch.policy.value));
  if (!plan) {
    ADD_FAILURE() << plan.errors().front().message;
    return {};
  }
  return CheckPolicy({launch.recipe, launch.policy, *plan, "megatron@0.19"});
}

std::vector<std::string> Codes(const base::Diagnostics& errors) {
  std::vector<std::string> codes;
  for (const base::Diagnostic& error : errors) codes.push_back(error.code);
  return codes;
}

/// As if a line of the file had said it.
void Write(seams::TestLaunch& launch, const std::string& key) {
  launch.policy.origins[key] = base::Origin::File({"p.toml", 7, 1});
}

struct EffectCase {
  std::string key;
  void (*change)(Policy&);  ///< to a value other than the default
  void (*wake)(Policy&);    ///< so that something reads it
};

TEST(PolicyChecksTest, AValueThatNothingReadsIsRefused) {
  const std::vector<EffectCase> cases = {
      {"schedule.dualpipev_chunks", [](Policy& p) { p.schedule.dualpipev_chunks = 8; },
       [](Policy& p) { p.schedule.kind = "dualpipev"; }},
      {"graphs.warmup_steps", [](Policy& p) { p.graphs.warmup_steps = 5; },
       [](Policy& p) {
         p.graphs.implementation = "local";
         p.environment["NCCL_GRAPH_REGISTER"] = "0";
       }},
      {"attention.indexer_sparse_loss", [](Policy& p) { p.attention.indexer_sparse_loss = true; },
       [](Policy& p) { p.attention.indexer_loss_coeff = 0.001; }},
      {"precision.fp8_format", [](Policy& p) { p.precision.fp8_format = "e4m3"; },
       [](Policy& p) { p.precision.compute = "fp8"; }},
      {"precision.fp8_families", [](Policy& p) { p.precision.fp8_families = {"E"}; },
       [](Policy& p) { p.precision.compute = "fp8"; }},
      {"precision.bf16_layers_at_end", [](Policy& p) { p.precision.bf16_layers_at_end = 2; },
       [](Policy& p) { p.precision.compute = "fp8"; }},
      {"precision.fp8_amax_history_len", [](Policy& p) { p.precision.fp8_amax_history_len = 16; },
       [](Policy& p) {
         p.precision.compute = "fp8";
         p.precision.fp8_recipe = "delayed";
       }},
      {"recompute.num_layers", [](Policy& p) { p.recompute.num_layers = 4; },
       [](Policy& p) { p.recompute.granularity = "full"; }},
      {"optimizer.lr_decay_iters", [](Policy& p) { p.optimizer.lr_decay_iters = 100; },
       [](Policy& p) { p.optimizer.lr_decay_style = "cosine"; }},
      {"optimizer.exp_avg_dtype", [](Policy& p) { p.optimizer.exp_avg_dtype = "fp8"; },
       [](Policy& p) { p.optimizer.precision_aware = true; }},
      {"muon.momentum", [](Policy& p) { p.muon.momentum = 0.9; },
       [](Policy& p) { p.optimizer.kind = "muon"; }},
      {"muon.tensor_parallel_mode", [](Policy& p) { p.muon.tensor_parallel_mode = "duplicated"; },
       [](Policy& p) {
         p.optimizer.kind = "muon";
         p.layout.tensor_parallel = 2;
       }},
      {"overlap.tp_comm", [](Policy& p) { p.overlap.tp_comm = true; },
       [](Policy& p) { p.layout.tensor_parallel = 2; }},
      {"dispatcher.backend", [](Policy& p) { p.dispatcher.backend = "hybridep"; },
       [](Policy& p) { p.dispatcher.kind = "flex"; }},
      {"caches.key", [](Policy& p) { p.caches.key = {"dialect"}; },
       [](Policy& p) { p.caches.triton = "host"; }},
      {"data.eval_interval", [](Policy& p) { p.data.eval_interval = 10; },
       [](Policy& p) { p.data.eval_iters = 1; }},
      {"checkpoint.save_interval", [](Policy& p) { p.checkpoint.save_interval = 10; },
       [](Policy& p) { p.checkpoint.save = "run"; }},
      {"checkpoint.format", [](Policy& p) { p.checkpoint.format = "torch"; },
       [](Policy& p) { p.checkpoint.load = "run"; }},
  };
  for (const EffectCase& c : cases) {
    SCOPED_TRACE(c.key);
    seams::TestLaunch launch = seams::Launch("nam56r", "h200x8-bf16");
    Policy& policy = launch.policy.value;
    policy.mtp.depth = 0;
    policy.mtp.cross_entropy = "native";
    policy.data.eval_iters = 0;
    launch.policy.origins.clear();
    ASSERT_THAT(Codes(Findings(launch)), IsEmpty());

    c.change(policy);
    const auto idle = Findings(launch);
    ASSERT_THAT(Codes(idle), ElementsAre("POLICY0201"));
    EXPECT_EQ(idle[0].fields[0], "policy." + c.key);
    EXPECT_EQ(idle[0].where.size(), 2u) << "both sides";
    EXPECT_THAT(idle[0].message, HasSubstr("would have no effect"));

    c.wake(policy);
    EXPECT_THAT(Codes(Findings(launch)), IsEmpty());
  }
}

TEST(PolicyChecksTest, ADefaultThatSomebodyWroteIsRefusedToo) {
  seams::TestLaunch launch = seams::Launch("nam56r", "h200x8-bf16");
  ASSERT_THAT(Codes(Findings(launch)), IsEmpty());
  Write(launch, "precision.fp8_format");
  Write(launch, "overlap.p2p_comm");
  const auto errors = Findings(launch);
  ASSERT_THAT(Codes(errors), ElementsAre("POLICY0201", "POLICY0201"));
  EXPECT_EQ(errors[0].where[0].at.line, 7);
  EXPECT_THAT(errors[1].fix, HasSubstr("interleaved"));
}

TEST(PolicyChecksTest, OffMayBeSaidWhereNothingWouldBeDone) {
  seams::TestLaunch launch = seams::Launch("nam56r", "h200x8-bf16");
  Policy& policy = launch.policy.value;
  policy.overlap.p2p_comm = false;
  policy.precision.fp8_families = {};
  for (const char* key : {"overlap.p2p_comm", "overlap.tp_comm", "precision.fp8_families",
                          "precision.bf16_layers_at_start", "checkpoint.save_interval"}) {
    Write(launch, key);
  }
  EXPECT_THAT(Codes(Findings(launch)), IsEmpty());
}

TEST(PolicyChecksTest, MtpMayBeTurnedOffWithoutForgettingItsLoss) {
  EXPECT_THAT(Codes(Findings(seams::H200([](auto&, Policy& p) { p.mtp.depth = 0; }))), IsEmpty());
}

TEST(PolicyChecksTest, IndexCacheRanksNumberDsaLayers) {
  seams::TestLaunch launch = seams::Launch("nam56r", "h200x8-bf16");
  std::vector<std::int64_t>& ranks = launch.policy.value.attention.index_cache_ranks;
  using Ranks = std::vector<std::int64_t>;
  for (const Ranks& good : {Ranks{}, Ranks{0}, Ranks{0, 3, 6}, Ranks{0, 8}}) {
    ranks = good;
    EXPECT_THAT(Codes(Findings(launch)), IsEmpty());
  }
  for (const Ranks& bad : {Ranks{1, 3}, Ranks{0, 3, 3}, Ranks{0, 6, 3}, Ranks{0, 9}}) {
    ranks = bad;
    const auto errors = Findings(launch);
    ASSERT_THAT(Codes(errors), ElementsAre("POLICY0202"));
    EXPECT_EQ(errors[0].valid.size(), 9u);
    EXPECT_THAT(errors[0].fields, Contains("recipe.dsa.ranks"));
  }
  launch.recipe.value.dsa.ranks.clear();
  ranks = {0};
  EXPECT_THAT(Findings(launch)[0].message, HasSubstr("no DSA layers"));
}

TEST(PolicyChecksTest, Fp8MustReachALayer) {
  seams::TestLaunch launch = seams::Launch("nam56r", "h200x8-fp8");
  policy::Precision& precision = launch.policy.value.precision;
  precision.fp8_families = {};
  EXPECT_THAT(Codes(Findings(launch)), ElementsAre("POLICY0203"));
  precision.fp8_families = {"F"};  // of the MTP block
  EXPECT_THAT(Codes(Findings(launch)), IsEmpty());
  launch.policy.value.mtp.depth = 0;
  EXPECT_THAT(Codes(Findings(launch)), Contains("POLICY0203"));
  for (const base::Diagnostic& error : Findings(launch)) {
    if (error.code == "POLICY0203") {
      EXPECT_THAT(error.valid, ElementsAre("A", "E", "M", "R")) << "F was refused";
    }
  }
  launch.policy.value.mtp.depth = 2;
  precision.fp8_families = {"E"};
  precision.bf16_layers_at_start = 26;
  precision.bf16_layers_at_end = 25;
  EXPECT_THAT(Codes(Findings(launch)), IsEmpty());
  precision.bf16_layers_at_end = 26;
  EXPECT_THAT(Codes(Findings(launch)), ElementsAre("POLICY0203"));
}

TEST(PolicyChecksTest, AListNamesEverythingOnce) {
  seams::TestLaunch launch = seams::Launch("nam56r", "h200x8-bf16");
  launch.policy.value.recompute.modules.push_back("mlp");
  const auto errors = Findings(launch);
  ASSERT_THAT(Codes(errors), ElementsAre("POLICY0204"));
  EXPECT_EQ(errors[0].message, "'recompute.modules' names \"mlp\" twice");
}

TEST(PolicyChecksTest, AHostCacheHasAKey) {
  seams::TestLaunch launch = seams::Launch("nam56r", "h200x8-bf16");
  launch.policy.value.caches.key.clear();
  EXPECT_THAT(Codes(Findings(launch)), IsEmpty()) << "no cache outlives its contract";
  launch.policy.value.caches.tilelang = "host";
  EXPECT_THAT(Codes(Findings(launch)), ElementsAre("POLICY0205"));
}

TEST(PolicyChecksTest, EveryShippedPolicyIsOneOfItsRecipe) {
  const std::vector<std::pair<std::string, std::string>> shipped = {
      {"nam56r", "h200x8-bf16"},         {"nam56r", "h200x8-fp8"},
      {"nam56r", "h200x8-pp2-vpp2"},     {"nam56r-4096", "h200x8-ep8-mtp2"},
      {"nam56r-3584-56", "h200x8-nemo"}, {"nam56r-quarter", "gb10"},
      {"nam56r-tiny", "laptop"}};
  for (const auto& [recipe, policy] : shipped) {
    SCOPED_TRACE(policy);
    const auto contract = CompileLaunch(seams::Launch(recipe, policy));
    ASSERT_TRUE(contract.ok()) << contract.errors().front().code << " "
                               << contract.errors().front().message;
    EXPECT_EQ(contract->dialect, policy == "laptop"        ? "native"
                                 : policy == "h200x8-nemo" ? "nemo"
                                                           : "megatron@0.19");
  }
}

// The conflicts of variables have their own tests; here, that a contract is held against them.
TEST(PolicyChecksTest, AContractHasNoVariablesInConflict) {
  seams::TestLaunch launch = seams::Launch("nam56r", "h200x8-bf16");
  launch.policy.value.environment["NCCL_IB_DISABLE"] = "1";
  const auto contract = CompileLaunch(launch);
  ASSERT_FALSE(contract.ok());
  EXPECT_THAT(Codes(contract.errors()), ElementsAre("POLICY0106"));
  EXPECT_GT(contract.errors()[0].where[0].at.line, 0);
}

}  // namespace
}  // namespace nam56r::contract
