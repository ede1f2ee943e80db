#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "src/seams/seam.h"
#include "src/seams/test_launch.h"

namespace nam56r::seams {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using Level = Need::Level;

TEST(SeamRegistry, HasEachIdOnceAndSaysEverythingAboutIt) {
  std::set<std::string_view> ids;
  for (const Seam& seam : Registry()) {
    EXPECT_TRUE(ids.insert(seam.id).second) << seam.id;
    for (std::string_view text :
         {seam.why, seam.proof.text, seam.without, seam.source, seam.gate}) {
      EXPECT_FALSE(text.empty()) << seam.id;
    }
    EXPECT_FALSE(seam.replaces.empty() && seam.replaces_what.empty()) << seam.id;
    // A place below a layer or the model, or an event, is named; symbols name themselves.
    EXPECT_EQ(seam.proof.path.empty(), seam.proof.scope == Proof::Scope::kSymbols) << seam.id;
    EXPECT_EQ(Find(seam.id), &seam);
    for (const Symbol& symbol : seam.replaces) {
      EXPECT_LE(16, symbol.since) << seam.id;
      EXPECT_LE(symbol.since, symbol.until) << seam.id;
      EXPECT_LE(symbol.until, 19) << seam.id;
    }
  }
  EXPECT_EQ(Find("no-such-seam"), nullptr);
}

TEST(SeamRegistry, StandsInAnOrderThatEverySeamCanBeAppliedIn) {
  std::set<std::string_view> before;
  for (const Seam& seam : Registry()) {
    for (std::string_view id : seam.after) {
      EXPECT_TRUE(before.count(id) == 1) << seam.id << " after " << id;
    }
    before.insert(seam.id);
  }
}

TEST(SeamRegistry, CyclesAndUnknownPredecessorsAreOurOwnMistakes) {
  auto seam = [](std::string_view id, std::vector<std::string_view> after) {
    Seam made = *Find("m2rnn-mixer");
    made.id = id;
    made.after = std::move(after);
    return made;
  };
  EXPECT_THROW(InApplicationOrder({seam("a", {"b"}), seam("b", {"a"})}), std::logic_error);
  EXPECT_THROW(InApplicationOrder({seam("a", {"a"})}), std::logic_error);
  EXPECT_THROW(InApplicationOrder({seam("a", {"z"})}), std::logic_error);
  std::vector<std::string_view> ids;
  // Stable: what need not move stays where it was.
  for (const Seam& made :
       InApplicationOrder({seam("d", {}), seam("a", {"c"}), seam("b", {}), seam("c", {"b"})})) {
    ids.push_back(made.id);
  }
  EXPECT_THAT(ids, ElementsAre("d", "b", "c", "a"));
}

TEST(SeamRegistry, ReplacesWhatTheReleaseHas) {
  auto first = [](std::string_view id, std::string_view dialect) {
    const std::vector<Symbol> symbols = Replaced(*Find(id), dialect);
    return symbols.empty() ? std::string() : std::string(symbols.front().module);
  };
  EXPECT_EQ(first("mamba-recompute", "megatron@0.17"), "megatron.core.ssm.mamba_block");
  EXPECT_EQ(first("mamba-recompute", "nemo"), "megatron.core.ssm.mamba_block");
  EXPECT_EQ(first("mamba-recompute", "megatron@0.18"), "megatron.core.models.hybrid.hybrid_block");
  EXPECT_EQ(first("shared-mla-spec", "megatron@0.19"), "");
  EXPECT_EQ(first("mtp-cross-entropy", "megatron@0.16"), "");
  EXPECT_EQ(ProviderModule("m2rnn-mixer"), "nam56r_seams.m2rnn_mixer");
}

// What a flag says, in some release, or the pattern or the number of heads that lowering writes.
const std::set<std::string> kFlagFields = {"model.pattern",
                                           "model.depth",
                                           "model.hidden_size",
                                           "model.num_attention_heads",
                                           "model.vocab_size",
                                           "model.seq_length",
                                           "model.norm_epsilon",
                                           "model.untie_embeddings_and_output_weights",
                                           "model.init_std",
                                           "model.tokenizer",
                                           "model.attention",
                                           "mla.q_lora_rank",
                                           "mla.kv_lora_rank",
                                           "mla.qk_head_dim",
                                           "mla.qk_pos_emb_head_dim",
                                           "mla.v_head_dim",
                                           "mla.rotary_base",
                                           "gqa.num_query_groups",
                                           "gqa.head_dim",
                                           "gqa.rotary_base",
                                           "dsa.ranks",
                                           "dsa.indexer_num_heads",
                                           "dsa.indexer_head_dim",
                                           "dsa.indexer_topk",
                                           "dsa.indexer_rotate_activation",
                                           "moe.num_experts",
                                           "moe.router_topk",
                                           "moe.ffn_hidden_size",
                                           "moe.shared_expert_ffn_hidden_size",
                                           "moe.score_function",
                                           "moe.expert_bias",
                                           "moe.expert_bias_update_rate",
                                           "moe.load_balancing",
                                           "moe.aux_loss_coeff",
                                           "moe.z_loss_coeff",
                                           "moe.num_groups",
                                           "moe.group_topk",
                                           "moe.topk_scaling_factor",
                                           "moe.pre_softmax",
                                           "moe.capacity_factor",
                                           "moe.activation",
                                           "mamba.state_size",
                                           "mamba.head_dim",
                                           "mamba.num_groups",
                                           "dense.ffn_hidden_size",
                                           "dense.activation",
                                           "mtp.pattern",
                                           "mtp.shared_block"};

// What changes nothing that is built, chooses the seam itself, or has one value that a backend
// executes and is refused otherwise.
const std::map<std::string, std::string> kStructuralFields = {
    {"model.name", "a name"},
    {"model.variant", "a name"},
    {"mamba.kind", "chooses between mamba3-mixer, noconv-mixer and the backend's own"},
    {"mamba.conv_kernel", "every release's Mamba-2 has four taps"},
    {"moe.shared_expert_activation", "every release has one activation for both kinds of experts"},
};

TEST(SeamSettings, CarryEveryFieldOfTheRecipeThatNoFlagSays) {
  std::set<std::string> carried;
  for (const Seam& seam : Registry()) {
    for (std::string_view field : seam.settings) carried.emplace(field);
  }
  for (const auto& field : recipe::Schema()) {
    const std::string& key = field.spec.key;
    EXPECT_TRUE(
        kFlagFields.count(key) + kStructuralFields.count(key) + carried.count("recipe." + key) > 0)
        << "nothing carries " << key;
  }
  for (const char* key : {"policy.attention.index_cache_ranks", "policy.attention.sparse_mode",
                          "policy.precision.fp8_families", "policy.schedule.dualpipev_chunks",
                          "policy.muon.momentum_dtype", "policy.mtp.cross_entropy",
                          "policy.kernels.cross_entropy", "policy.regional_compile.mamba"}) {
    EXPECT_EQ(carried.count(key), 1u) << key;
  }
}

// The MTP block's attention is built by the same specification.
TEST(SeamNeeds, SharedMlaCoversTheMtpBlock) {
  const auto layers = [](const Change& change) {
    const TestLaunch launch = H200(change);
    return NeedOf(*Find("shared-mla-spec"), launch.On("megatron@0.18")).layers;
  };
  EXPECT_THAT(layers([](auto&, auto&) {}), testing::Contains("MTP depths 1 to 2"));
  EXPECT_THAT(layers([](recipe::Recipe& r, auto&) {
                r.model.pattern = "EMEMEMEMEMER";
                r.dsa.ranks.clear();
              }),
              testing::ElementsAre("MTP depths 1 to 2"));
  EXPECT_THAT(layers([](auto&, policy::Policy& p) { p.mtp.depth = 0; }),
              testing::Not(testing::Contains(testing::HasSubstr("MTP"))));
}

TEST(SeamSettings, GiveOneVariableToOneFieldAndItsValue) {
  const TestLaunch launch = H200([](recipe::Recipe& r, policy::Policy& p) {
    r.mamba.rope_fraction = 0.5;
    p.precision.fp8_families = {"A", "E"};
  });
  const Context context = launch.On("megatron@0.19");
  std::map<std::string, std::string> owners;
  for (const Seam& seam : Registry()) {
    EXPECT_EQ(SettingsOf(seam, context).size(), seam.settings.size()) << seam.id;
    for (std::string_view field : seam.settings) {
      auto [it, added] = owners.try_emplace(SettingVariable(field), field);
      EXPECT_TRUE(added || it->second == field) << it->second << " and " << field;
    }
  }
  EXPECT_EQ(SettingVariable("recipe.m2rnn.key_head_dim"), "NAM56R_M2RNN_KEY_HEAD_DIM");
  const auto m2rnn = SettingsOf(*Find("m2rnn-mixer"), context);
  EXPECT_EQ(m2rnn.at("NAM56R_M2RNN_KEY_HEAD_DIM"), "64");
  EXPECT_EQ(m2rnn.at("NAM56R_M2RNN_PRE_NORM"), "true");
  EXPECT_EQ(m2rnn.at("NAM56R_MODEL_PATTERN"), "AEMEAEMEAEMR");
  EXPECT_EQ(SettingsOf(*Find("mamba3-mixer"), context).at("NAM56R_MAMBA_ROPE_FRACTION"), "0.5");
  EXPECT_EQ(SettingsOf(*Find("dsa-rank-routing"), context).at("NAM56R_DSA_RANKS"),
            "1,2,3,5,6,7,9,10,11");
  EXPECT_EQ(SettingsOf(*Find("selective-fp8-moe"), context).at("NAM56R_PRECISION_FP8_FAMILIES"),
            "A,E");
}

TEST(SeamRegistry, StandsInTheBook) {
  std::ifstream in(std::string(NAM56R_SOURCE_DIR) + "/docs/seams.md");
  const std::string book{std::istreambuf_iterator<char>(in), {}};
  for (const Seam& seam : Registry()) {
    EXPECT_THAT(book, HasSubstr("`" + std::string(seam.id) + "`"));
  }
}

struct LevelCase {
  std::string id;
  std::string dialect;
  Level level;
  Change change;
  bool asked = false;
};

void Nothing(recipe::Recipe&, policy::Policy&) {}

TEST(SeamLevels, FollowPlanAndPolicy) {
  const std::string k16 = "megatron@0.16", k17 = "megatron@0.17", k18 = "megatron@0.18",
                    k19 = "megatron@0.19", kNemo = "nemo";
  using R = recipe::Recipe;
  using P = policy::Policy;
  auto fp8 = [](const std::string& recipe, std::vector<std::string> families) {
    return [=](R&, P& p) {
      p.precision.compute = "fp8";
      p.precision.fp8_recipe = recipe;
      p.precision.fp8_families = families;
    };
  };
  const std::vector<std::string> kAll = {"A", "E", "M", "R", "F"};
  const std::vector<LevelCase> cases = {
      // Mixers.
      {"m2rnn-mixer", k19, Level::kRequired, Nothing},
      {"mamba3-mixer", k16, Level::kRequired, Nothing},
      {"mamba3-mixer", k19, Level::kNone, [](R& r, P&) { r.mamba.kind = "mamba2"; }},
      {"noconv-mixer", k19, Level::kNone, Nothing},
      {"noconv-mixer", k19, Level::kRequired, [](R& r, P&) { r.mamba.kind = "noconv"; }},
      {"mamba-tp-mixer", k19, Level::kNone, Nothing},
      {"mamba-tp-mixer", k19, Level::kRequired, [](R&, P& p) { p.layout.tensor_parallel = 2; }},
      {"mamba-tp-mixer", kNemo, Level::kNone, [](R&, P& p) { p.layout.tensor_parallel = 2; }},
      {"mamba-recompute", k19, Level::kRecommended, Nothing},
      {"mamba-recompute", k19, Level::kNone, [](R&, P& p) { p.recompute.granularity = "none"; }},
      {"mamba-recompute", kNemo, Level::kOptional, Nothing},
      {"mamba-recompute", k17, Level::kNone, [](R&, P& p) { p.recompute.granularity = "full"; }},
      {"mamba-recompute", k16, Level::kRecommended,
       [](R&, P& p) { p.recompute.granularity = "full"; }},
      {"mamba3-fp32-parameters", k19, Level::kOptional, Nothing},
      {"mamba3-fp32-parameters", k19, Level::kNone, [](R&, P& p) { p.precision.compute = "fp32"; }},
      {"mamba3-fp32-parameters", k19, Level::kForbidden,
       [](R&, P& p) { p.checkpoint.save = "weights"; }},
      {"mamba-regional-compile", k19, Level::kRequired,
       [](R&, P& p) { p.regional_compile.mamba = true; }},
      {"mamba-regional-compile", k19, Level::kForbidden,
       [](R& r, P& p) {
         r.mamba.kind = "mamba2";
         p.regional_compile.mamba = true;
       },
       true},
      {"mamba-regional-compile", k19, Level::kForbidden,
       [](R& r, P& p) {
         r.mamba.kind = "noconv";
         p.regional_compile.mamba = true;
       },
       true},
      // Edits of installed kernels.
      {"mamba3-kernel-p1", k19, Level::kForbidden, Nothing},
      {"mamba3-kernel-stage2", k19, Level::kForbidden, Nothing},
      {"mamba3-kernel-psiv-cache", k19, Level::kForbidden, Nothing},
      {"mamba3-kernel-p1", k19, Level::kNone, [](R& r, P&) { r.mamba.mimo_rank = 1; }},
      // Attention.
      {"shared-mla-spec", k19, Level::kNone, Nothing},
      {"shared-mla-spec", k18, Level::kRequired, Nothing},
      {"dsa-rank-routing", k18, Level::kRequired, Nothing},
      {"dsa-rank-routing", k17, Level::kNone, [](R& r, P&) { r.dsa.ranks.clear(); }},
      {"dsa-rank-routing", k18, Level::kNone,
       [](R& r, P& p) {
         r.dsa.ranks = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
         p.mtp.depth = 0;
       }},
      {"dsa-indexer-rotation", k19, Level::kNone,
       [](R& r, P&) { r.dsa.indexer_rotate_activation = false; }},
      {"dsa-indexer-rotation", k18, Level::kRequired,
       [](R& r, P&) { r.dsa.indexer_rotate_activation = false; }},
      {"dsa-indexer-fused", k19, Level::kOptional, Nothing},
      {"dsa-indexer-fused", k18, Level::kRecommended, Nothing},
      {"sparse-mla", k19, Level::kOptional, Nothing},
      {"sparse-mla", k18, Level::kRequired, Nothing},
      {"sparse-mla", k19, Level::kNone, [](R&, P& p) { p.attention.sparse_mode = "dense"; }},
      {"dsa-warmup-loss", k19, Level::kNone, Nothing},
      {"dsa-warmup-loss", k19, Level::kForbidden,
       [](R&, P& p) { p.attention.indexer_loss_coeff = 0.001; }},
      {"dsa-warmup-loss", k19, Level::kRecommended,
       [](R& r, P& p) {
         r.dsa.indexer_num_heads = 28;
         p.attention.indexer_loss_coeff = 0.001;
       }},
      {"dsa-indexer-loss-skip", k18, Level::kRecommended, Nothing},
      {"dsa-indexer-loss-skip", k19, Level::kNone, Nothing},
      {"dsa-indexer-loss-skip", k18, Level::kNone,
       [](R&, P& p) { p.attention.indexer_loss_coeff = 0.001; }},
      {"index-cache", k19, Level::kNone, Nothing},
      {"index-cache", k18, Level::kRequired,
       [](R&, P& p) {
         p.attention.index_cache_ranks = {0, 3, 6};
       }},
      {"index-cache", k19, Level::kOptional,
       [](R&, P& p) {
         p.attention.index_cache_ranks = {0, 3, 6};
       }},
      {"index-cache", k19, Level::kRequired,
       [](R&, P& p) {
         p.attention.index_cache_ranks = {0, 1, 4};
       }},
      {"index-cache", k19, Level::kForbidden,
       [](R&, P& p) {
         p.attention.index_cache_ranks = {3, 6};
       },
       true},
      {"index-cache", k19, Level::kForbidden,
       [](R&, P& p) {
         p.layout.pipeline_parallel = 2;
         p.attention.index_cache_ranks = {0, 3};
       },
       true},
      {"graph-safe-dsa", k19, Level::kNone, Nothing},
      {"graph-safe-dsa", k19, Level::kNone,
       [](R&, P& p) {
         p.graphs.implementation = "transformer_engine";
         p.graphs.modules = {"mamba"};
       }},
      {"graph-safe-dsa", k19, Level::kRequired,
       [](R&, P& p) { p.graphs.implementation = "full_iteration"; }},
      {"engram", k19, Level::kRequired, [](R& r, P&) { r.engram.ranks = {2}; }},
      {"hyper-connections", k19, Level::kRequired,
       [](R& r, P&) {
         r.mhc.ranks = {1, 2};
       }},
      {"mixture-of-depths", k19, Level::kRequired, [](R& r, P&) { r.mod.ranks = {4}; }},
      // Losses.
      {"mtp-cross-entropy", k19, Level::kRequired, Nothing},
      {"mtp-cross-entropy", k16, Level::kForbidden, Nothing, true},
      {"mtp-cross-entropy", k19, Level::kNone, [](R&, P& p) { p.mtp.cross_entropy = "native"; }},
      {"mtp-cross-entropy", k19, Level::kForbidden,
       [](R&, P& p) { p.mtp.cross_entropy = "native_hopper"; }, true},
      {"mtp-cross-entropy", k19, Level::kForbidden, [](R&, P& p) { p.layout.tensor_parallel = 2; },
       true},
      {"linear-cross-entropy", k19, Level::kRequired,
       [](R&, P& p) { p.kernels.cross_entropy = "linear"; }},
      // Precision.
      {"selective-fp8-moe", k19, Level::kForbidden, Nothing},
      {"selective-fp8-moe", k19, Level::kNone, fp8("tensorwise", kAll)},
      {"selective-fp8-moe", k19, Level::kRequired, fp8("tensorwise", {"E"})},
      {"selective-fp8-moe", k19, Level::kForbidden, fp8("delayed", {"E"}), true},
      {"selective-fp8-moe", k19, Level::kForbidden, fp8("delayed", kAll)},
      {"te-mxfp8-gemm", k19, Level::kOptional, fp8("mxfp8", kAll)},
      {"te-mxfp8-gemm", k19, Level::kNone, fp8("tensorwise", kAll)},
      {"muon-momentum-dtype", k19, Level::kRequired,
       [](R&, P& p) {
         p.optimizer.kind = "muon";
         p.optimizer.distributed = false;
         p.muon.momentum_dtype = "int8";
       }},
      {"muon-momentum-dtype", k19, Level::kNone, [](R&, P& p) { p.optimizer.kind = "muon"; }},
      {"no-master-weights", k19, Level::kForbidden, Nothing},
      // Schedules.
      {"hybrid-schedule-plan", k19, Level::kRequired,
       [](R&, P& p) { p.overlap.moe_expert_parallel_comm = true; }},
      {"dualpipev", k19, Level::kRequired, [](R&, P& p) { p.schedule.kind = "dualpipev"; }},
      {"dualpipev", k19, Level::kForbidden,
       [](R&, P& p) {
         p.schedule.kind = "dualpipev";
         p.layout.expert_parallel = 4;
       }},
      {"dualpipev", k19, Level::kForbidden,
       [](R&, P& p) {
         p.schedule.kind = "dualpipev";
         p.layout.pipeline_parallel = 2;
       }},
      {"cu-seqlens-bypass", k17, Level::kRequired,
       [](R&, P& p) { p.graphs.implementation = "full_iteration"; }},
      {"cu-seqlens-bypass", k18, Level::kNone,
       [](R&, P& p) { p.graphs.implementation = "full_iteration"; }},
      {"moe-dispatcher", k19, Level::kOptional, Nothing},
      {"moe-dispatcher", k19, Level::kNone, [](R&, P& p) { p.layout.expert_parallel = 8; }},
      {"ddp-no-contiguous-gradients", k19, Level::kNone, Nothing},
  };
  for (const LevelCase& c : cases) {
    const TestLaunch launch = H200(c.change);
    const Need need = NeedOf(*Find(c.id), launch.On(c.dialect));
    EXPECT_EQ(LevelName(need.level), LevelName(c.level))
        << c.id << " on " << c.dialect << ": " << need.because;
    EXPECT_EQ(need.asked, c.asked) << c.id << " on " << c.dialect << ": " << need.because;
    if (need.level == Level::kNone) continue;
    EXPECT_FALSE(need.because.empty()) << c.id;
    EXPECT_FALSE(need.fields.empty()) << c.id;
  }
}

}  // namespace
}  // namespace nam56r::seams
