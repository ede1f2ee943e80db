#include "src/dialect/megatron.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "src/dialect/fields.h"
#include "src/dialect/test_dialects.h"

namespace nam56r::dialect {
namespace {

using seams::Change;
using seams::H200;
using seams::Launch;
using seams::TestLaunch;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Strings = std::vector<std::string>;

constexpr char kMegatron[] = "megatron@0.19";

const Release& TheRelease() { return *FindRelease(kMegatron); }

Lowered MustLower(const TestLaunch& launch) {
  auto lowered = Lower(launch.On(kMegatron));
  EXPECT_TRUE(lowered) << (lowered ? "" : lowered.errors().front().message);
  return lowered ? std::move(*lowered) : Lowered{};
}

const Strings* ArgsOf(const Lowered& lowered, std::string_view flag) {
  for (const NativeArg& arg : lowered.args) {
    if (arg.flag == flag) return &arg.values;
  }
  return nullptr;
}

const PolicyField& FieldOf(const Lowered& lowered, std::string_view key) {
  return *std::find_if(lowered.fields.begin(), lowered.fields.end(),
                       [&](const PolicyField& field) { return field.key == key; });
}

const Rewrite* RewriteOf(const Lowered& lowered, std::string_view dest) {
  for (const Rewrite& rewrite : lowered.rewrites) {
    if (rewrite.dest == dest) return &rewrite;
  }
  return nullptr;
}

TEST(Megatron, WritesTheModelOfTheRecipe) {
  const Lowered lowered = MustLower(H200());
  EXPECT_THAT(*ArgsOf(lowered, "--mamba-num-heads"), ElementsAre("112"));
  EXPECT_THAT(*ArgsOf(lowered, "--padded-vocab-size"), ElementsAre("65536"));
  EXPECT_THAT(*ArgsOf(lowered, "--qk-pos-emb-head-dim"), ElementsAre("32"));
  EXPECT_THAT(*ArgsOf(lowered, "--rope-type"), ElementsAre("rope"));
  EXPECT_THAT(*ArgsOf(lowered, "--hidden-dropout"), ElementsAre("0"));
  EXPECT_THAT(*ArgsOf(lowered, "--experimental-attention-variant"), ElementsAre("dsa"));
  EXPECT_THAT(*ArgsOf(lowered, "--dsa-indexer-topk"), ElementsAre("256"));
  EXPECT_EQ(ArgsOf(lowered, "--num-layers"), nullptr);  // read off the pattern
  EXPECT_EQ(ArgsOf(lowered, "--sequence-parallel"), nullptr);
}

TEST(Megatron, LeavesOutWhatTheModelDoesNotHave) {
  const Lowered lowered = MustLower(H200([](recipe::Recipe& r, policy::Policy& p) {
    r.model.pattern = "AF";
    r.dsa.ranks.clear();
    r.model.untie_embeddings_and_output_weights = false;
    p.recompute.modules = {"mlp"};
    p.dispatcher.pad_to_capacity = false;
  }));
  for (const NativeArg& arg : lowered.args) {
    EXPECT_THAT(arg.flag, testing::Not(testing::StartsWith("--moe")));
    EXPECT_THAT(arg.flag, testing::Not(testing::StartsWith("--mamba")));
    EXPECT_THAT(arg.flag, testing::Not(testing::StartsWith("--dsa")));
  }
  EXPECT_EQ(ArgsOf(lowered, "--num-experts"), nullptr);
  EXPECT_EQ(ArgsOf(lowered, "--untie-embeddings-and-output-weights"), nullptr);
  EXPECT_THAT(FieldOf(lowered, "dispatcher.kind").argv, IsEmpty());
  EXPECT_THAT(FieldOf(lowered, "attention.sparse_mode").argv, IsEmpty());
}

TEST(Megatron, WritesThePolicy) {
  const Lowered lowered = MustLower(Launch("nam56r", "h200x8-fp8"));
  EXPECT_THAT(FieldOf(lowered, "precision.compute").argv, ElementsAre("--bf16"));
  EXPECT_THAT(FieldOf(lowered, "precision.fp8_recipe").argv,
              ElementsAre("--fp8-recipe", "tensorwise"));
  EXPECT_THAT(FieldOf(lowered, "mtp.depth").argv, ElementsAre("--mtp-num-layers", "2"));
  EXPECT_THAT(FieldOf(lowered, "attention.sparse_mode").argv,
              ElementsAre("--dsa-kernel-backend", "tilelang"));
  EXPECT_THAT(FieldOf(lowered, "optimizer.beta2").argv, ElementsAre("--adam-beta2", "0.95"));
  EXPECT_THAT(FieldOf(lowered, "layout.tensor_parallel").argv, IsEmpty());  // a generated arg
  EXPECT_THAT(FieldOf(lowered, "environment").environment,
              Contains(testing::Pair("NCCL_GRAPH_REGISTER", "0")));
  // "Only at the end" is one interval of the whole run.
  EXPECT_THAT(FieldOf(lowered, "data.eval_interval").argv, ElementsAre("--eval-interval", "120"));
  EXPECT_EQ(lowered.fields.size(), policy::Schema().size());
}

TEST(Megatron, EmitsOnlyLegalFlagsForEveryShippedRecipePolicyAndDialect) {
  int lowered_launches = 0;
  for (const std::string& dialect : MegatronDialects()) {
    const Release& release = *FindRelease(dialect);
    for (const char* recipe : {"nam56r", "nam56r-quarter", "nam56r-tiny"}) {
      for (const char* policy : {"h200x8-bf16", "h200x8-fp8", "gb10"}) {
        const TestLaunch launch = AdaptedLaunch(recipe, policy, dialect);
        auto lowered = Lower(launch.On(dialect));
        ASSERT_TRUE(lowered) << dialect << ": " << lowered.errors().front().message;
        for (const NativeArg& arg : lowered->args) {
          EXPECT_THAT(Violations(release, arg.flag, arg.values), IsEmpty());
          // A flag of no field is a rule, and the contract says which.
          EXPECT_EQ(arg.fields.empty(), arg.from.starts_with("rule: ") && arg.fields.empty());
          for (const std::string& field : arg.fields) EXPECT_NO_THROW(DefaultOf(field)) << field;
          EXPECT_EQ(arg.owner, !arg.fields.empty() && arg.fields.front().starts_with("policy.")
                                   ? base::Surface::kPolicy
                                   : base::Surface::kPlan);
        }
        for (const PolicyField& field : lowered->fields) {
          if (field.argv.empty()) continue;
          EXPECT_THAT(Violations(release, field.argv), IsEmpty());
        }
        for (const Unresolved& item : lowered->unresolved) {
          if (!item.name.starts_with("--")) continue;
          EXPECT_NE(release.FindFlag(item.name), nullptr) << item.name;
        }
        ++lowered_launches;
      }
    }
  }
  EXPECT_EQ(lowered_launches, 45);
}

TEST(Megatron, ReusedIndicesOf019CostTheirLayersTheIndexer) {
  const TestLaunch launch = H200([](auto&, auto& p) { p.attention.index_cache_ranks = {0, 3, 6}; });
  auto lowered = Lower(launch.On(kMegatron));
  ASSERT_TRUE(lowered) << lowered.errors().front().message;
  EXPECT_THAT(FieldOf(*lowered, "attention.index_cache_ranks").argv,
              ElementsAre("--dsa-indexer-topk-freq", "16", "--dsa-indexer-skip-topk-offset", "5"));
  const Rewrite* indexers = RewriteOf(*lowered, "layers.indexers");
  ASSERT_NE(indexers, nullptr);
  EXPECT_EQ(indexers->from, 9);
  EXPECT_EQ(indexers->to, 3);
  // 6 layers of 7,691,904 - 7,400,960 parameters.
  EXPECT_THAT(indexers->why, HasSubstr("1745664 parameters fewer"));
  // With the seam there are no flags, and every layer keeps its indexer.
  const TestLaunch seam = H200([](auto&, auto& p) {
    p.attention.index_cache_ranks = {0, 3, 6};
    p.seams.required.emplace_back("index-cache");
  });
  auto other = Lower(seam.On(kMegatron));
  ASSERT_TRUE(other);
  EXPECT_EQ(RewriteOf(*other, "layers.indexers"), nullptr);
  EXPECT_THAT(FieldOf(*other, "attention.index_cache_ranks").argv, IsEmpty());
}

TEST(Nemo, WritesTheLaneAndListsWhatItReplaces) {
  const TestLaunch launch = AdaptedLaunch("nam56r", "h200x8-bf16", "nemo");
  auto lowered = Lower(launch.On("nemo"));
  ASSERT_TRUE(lowered) << lowered.errors().front().message;
  EXPECT_THAT(*ArgsOf(*lowered, "--tensor-model-parallel-size"), ElementsAre("2"));
  EXPECT_NE(ArgsOf(*lowered, "--sequence-parallel"), nullptr);
  EXPECT_NE(ArgsOf(*lowered, "--is-hybrid-model"), nullptr);
  EXPECT_THAT(ArgsOf(*lowered, "--hybrid-layer-pattern")->front(),
              testing::StartsWith("*EME*EME*EMM*"));
  const Rewrite* mamba = RewriteOf(*lowered, "layers.M");
  ASSERT_NE(mamba, nullptr);
  EXPECT_EQ(mamba->from, "mamba3");
  EXPECT_EQ(mamba->to, "mamba2");
  EXPECT_THAT(mamba->why, HasSubstr("13 M layers"));
  EXPECT_THAT(mamba->why, HasSubstr("MIMO (rank 4)"));
  const Rewrite* recurrent = RewriteOf(*lowered, "layers.R");
  ASSERT_NE(recurrent, nullptr);
  EXPECT_THAT(recurrent->why, HasSubstr("4 R layers"));
  EXPECT_FALSE(recurrent->source.empty());
  // The same release without the lane replaces nothing.
  const TestLaunch author = AdaptedLaunch("nam56r", "h200x8-bf16", "megatron@0.17");
  auto other = Lower(author.On("megatron@0.17"));
  ASSERT_TRUE(other);
  EXPECT_EQ(RewriteOf(*other, "layers.M"), nullptr);
  EXPECT_EQ(ArgsOf(*other, "--is-hybrid-model"), nullptr);
}

// A switch that shows no flag claims that the parser's default already is its value.
TEST(Megatron, SwitchesThatShowNothingAreTheReleasesDefaults) {
  const TestLaunch launch = H200([](recipe::Recipe&, policy::Policy& p) {
    p.optimizer.distributed = true;
    p.optimizer.precision_aware = true;
    p.layout.expert_parallel = 8;
    p.mtp.depth = 1;
    p.overlap = {.grad_reduce = true,
                 .param_gather = true,
                 .moe_expert_parallel_comm = true,
                 .delay_wgrad_compute = true};
    p.precision.compute = "fp8";
    p.precision.fp8_param_gather = true;
    p.precision.grad_reduce_in_bf16 = true;
    p.optimizer.check_for_nan = false;
  });
  const Lowered lowered = MustLower(launch);
  int switches = 0;
  for (const PolicyField& field : lowered.fields) {
    const auto* on = std::get_if<bool>(&field.value);
    if (on == nullptr || field.argv.empty()) continue;
    ASSERT_EQ(field.argv.size(), 1u) << field.key;
    const Argument* argument = TheRelease().FindFlag(field.argv.front());
    ASSERT_NE(argument, nullptr) << field.key;
    // "--no-persist-layer-norm" sets what it is called; the others clear it.
    EXPECT_EQ(field.argv.front().starts_with("--no-"), !*on) << field.key;
    EXPECT_NE(argument->action, Action::kStore) << field.key;
    EXPECT_EQ(argument->default_json, argument->action == Action::kStoreTrue ? "false" : "true")
        << field.key;
    ++switches;
  }
  EXPECT_GE(switches, 12);
  EXPECT_EQ(TheRelease().FindDest("mtp_num_layers")->default_json, "null");
  EXPECT_EQ(TheRelease().FindDest("moe_expert_capacity_factor")->default_json, "null");
  EXPECT_EQ(TheRelease().FindDest("bf16")->default_json, "false");
  EXPECT_EQ(TheRelease().FindDest("recompute_granularity")->default_json, "null");
}

TEST(Megatron, RefusesWhatTheReleaseRefusesOrIgnores) {
  struct Refused {
    std::string field;
    Change change;
  };
  const std::vector<Refused> cases = {
      {"policy.kernels.rope_fusion", [](auto&, auto& p) { p.kernels.rope_fusion = true; }},
      {"policy.kernels.cross_entropy", [](auto&, auto& p) { p.kernels.cross_entropy = "te"; }},
      {"policy.attention.backend", [](auto&, auto& p) { p.attention.backend = "local"; }},
      {"policy.graphs.modules", [](auto&, auto& p) { p.graphs.modules = {"attn"}; }},
      {"policy.graphs.implementation",
       [](auto&, auto& p) {
         p.graphs.implementation = "transformer_engine";
         p.environment["NCCL_GRAPH_REGISTER"] = "1";
       }},
      {"policy.recompute.modules", [](auto&, auto& p) { p.recompute.granularity = "none"; }},
      {"policy.recompute.modules", [](auto&, auto& p) { p.recompute.modules.clear(); }},
      {"policy.recompute.modules", [](auto&, auto& p) { p.kernels.moe_grouped_gemm = false; }},
      {"policy.recompute.modules",
       [](auto&, auto& p) {
         p.precision.compute = "fp8";
         p.precision.fp8_recipe = "delayed";
       }},
      {"policy.precision.fp8_param_gather",
       [](auto&, auto& p) { p.precision.fp8_param_gather = true; }},
      {"policy.optimizer.precision_aware",
       [](auto&, auto& p) {
         p.optimizer.precision_aware = true;
         p.optimizer.distributed = false;
       }},
      {"policy.optimizer.min_lr", [](auto&, auto& p) { p.optimizer.min_lr = 1; }},
      {"policy.optimizer.lr_warmup_iters",
       [](auto&, auto& p) { p.optimizer.lr_warmup_iters = 120; }},
      {"policy.overlap.param_gather", [](auto&, auto& p) { p.overlap.param_gather = true; }},
      {"policy.overlap.moe_expert_parallel_comm",
       [](auto&, auto& p) { p.overlap.moe_expert_parallel_comm = true; }},
      {"policy.dispatcher.kind",
       [](auto&, auto& p) {
         p.dispatcher.kind = "flex";
         p.dispatcher.backend = "deepep";
       }},
      {"policy.dispatcher.pad_to_capacity",
       [](auto&, auto& p) { p.dispatcher.pad_to_capacity = true; }},
      {"policy.checkpoint.save_interval", [](auto&, auto& p) { p.checkpoint.save = "main"; }},
      {"recipe.mamba.chunk_size",
       [](auto& r, auto&) {
         r.mamba.kind = "mamba2";
         r.mamba.mimo_rank = 1;
         r.mamba.chunk_size = 64;
       }},
      {"recipe.mla.rotary_base", [](auto& r, auto&) { r.mla.rotary_base = 10000.5; }},
      {"recipe.moe.expert_bias", [](auto& r, auto&) { r.moe.score_function = "softmax"; }},
      {"recipe.dense.activation", [](auto& r, auto&) { r.dense.activation = "squared_relu"; }},
  };
  for (const Refused& c : cases) {
    const TestLaunch launch = H200(c.change);
    auto lowered = Lower(launch.On(kMegatron));
    ASSERT_FALSE(lowered) << c.field << ", case " << &c - cases.data();
    for (const base::Diagnostic& error : lowered.errors()) {
      EXPECT_NE(error.code, "");
      EXPECT_EQ(error.fields.front(), c.field) << error.message;
      EXPECT_EQ(error.where.size(), error.fields.size());
      EXPECT_FALSE(error.valid.empty()) << error.message;
      EXPECT_FALSE(error.fix.empty()) << error.message;
      EXPECT_THAT(error.message, HasSubstr("megatron@0.19 "));
    }
  }
}

// Where R becomes the backend's Mamba-2, its heads are whole; the plan asks that of M alone.
TEST(Megatron, WantsWholeHeadsWhereRBecomesMamba) {
  for (const std::int64_t head_dim : {64, 60}) {
    const TestLaunch launch =
        AdaptedLaunch("nam56r", "h200x8-nemo", "nemo", [&](recipe::Recipe& r, auto&) {
          r.model.pattern = "AEREAEREAERE";
          r.mamba.head_dim = head_dim;
        });
    bool refused = false;
    for (const SupportRule& rule : MegatronRules()) {
      if (rule.field == "recipe.mamba.head_dim") refused = rule.refuses(launch.On("nemo"));
    }
    EXPECT_EQ(refused, head_dim == 60);
  }
}

TEST(Megatron, EveryRuleIsAboutFieldsThatExist) {
  const TestLaunch launch = H200();
  const Context context = launch.On(kMegatron);
  for (const SupportRule& rule : MegatronRules()) {
    EXPECT_FALSE(rule.refuses(context)) << rule.field;
    EXPECT_NO_THROW(ValueOf(context, rule.field)) << rule.field;
    for (std::string_view other : rule.against) EXPECT_NO_THROW(ValueOf(context, other)) << other;
  }
}

TEST(MegatronRewrites, SayWhatChangesAndWhetherTheContractSetIt) {
  const Lowered lowered = MustLower(H200());
  const Rewrite* layers = RewriteOf(lowered, "num_layers");
  ASSERT_NE(layers, nullptr);
  EXPECT_EQ(layers->flag, "--num-layers");
  EXPECT_EQ(layers->from, nullptr);
  EXPECT_EQ(layers->to, 52);
  EXPECT_FALSE(layers->given);
  EXPECT_NE(RewriteOf(lowered, "accumulate_allreduce_grads_in_fp32"), nullptr);
  EXPECT_EQ(RewriteOf(lowered, "ffn_hidden_size"), nullptr);  // given and kept
  EXPECT_EQ(RewriteOf(lowered, "mtp_num_layers"), nullptr);
  for (const Rewrite& rewrite : lowered.rewrites) {
    EXPECT_NE(rewrite.from, rewrite.to) << rewrite.dest;
    EXPECT_FALSE(rewrite.why.empty()) << rewrite.dest;
    EXPECT_THAT(rewrite.source, HasSubstr(".py:")) << rewrite.dest;
  }
}

TEST(MegatronRewrites, FollowThePolicy) {
  const Lowered interleaved = MustLower(H200([](recipe::Recipe&, policy::Policy& p) {
    p.layout.pipeline_parallel = 2;
    p.layout.virtual_pipeline_parallel = 2;
    p.precision.grad_reduce_in_bf16 = true;
  }));
  EXPECT_EQ(RewriteOf(interleaved, "overlap_p2p_comm"), nullptr);
  EXPECT_EQ(RewriteOf(interleaved, "accumulate_allreduce_grads_in_fp32"), nullptr);
  const Lowered fp8 = MustLower(Launch("nam56r", "h200x8-fp8"));
  EXPECT_NE(RewriteOf(fp8, "stream_ckpt_dequant"), nullptr);
}

}  // namespace
}  // namespace nam56r::dialect
