#include "src/dialect/effective_args.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "src/dialect/rewrite_rules.h"

namespace nam56r::dialect {
namespace {

using nlohmann::json;
using testing::IsEmpty;
using Strings = std::vector<std::string>;

EffectiveArgs Read(const Strings& argv, const std::string& dialect = "megatron@0.19",
                   Surroundings surroundings = {}) {
  return EffectiveArgs(*FindRelease(dialect), argv, std::move(surroundings));
}

TEST(EffectiveArgs, ReadsACommandLineAsArgparseDoes) {
  const EffectiveArgs args =
      Read({"--micro-batch-size", "4", "--lr=1e-4", "--bf16", "--no-check-for-nan-in-loss-and-grad",
            "--recompute-modules", "moe_act", "mlp", "--attention-backend", "flash", "--min-lr",
            "-1", "--moe-aux-loss-coeff", "0.5"});
  EXPECT_EQ(args.Int("micro_batch_size"), 4);
  EXPECT_EQ(args.Number("lr"), 1e-4);
  EXPECT_TRUE(args.On("bf16"));
  EXPECT_FALSE(args.On("check_for_nan_in_loss_and_grad"));
  EXPECT_TRUE(args.Given("check_for_nan_in_loss_and_grad"));
  EXPECT_EQ(args.Value("recompute_modules"), json({"moe_act", "mlp"}));
  EXPECT_TRUE(args.Lists("recompute_modules", "mlp"));
  EXPECT_TRUE(args.Is("attention_backend", "flash"));
  EXPECT_EQ(args.Number("min_lr"), -1);  // a number, not a flag
  EXPECT_EQ(args.Value("moe_aux_loss_coeff"), json::array({0.5}));
  EXPECT_THAT(args.problems(), IsEmpty());
}

TEST(EffectiveArgs, KnowsWhatWasNotGiven) {
  const EffectiveArgs args = Read({});
  EXPECT_FALSE(args.Given("micro_batch_size"));
  EXPECT_TRUE(args.IsNull("micro_batch_size"));
  EXPECT_TRUE(args.Is("attention_backend", "auto"));  // not "AttnBackend.auto"
  EXPECT_EQ(args.FlagOf("micro_batch_size"), "--micro-batch-size");
  EXPECT_FALSE(args.Has("no_such_thing"));
  EXPECT_TRUE(args.IsNull("no_such_thing"));
  EXPECT_EQ(args.FlagOf("no_such_thing"), "");
  EXPECT_FALSE(Read({}, "megatron@0.16").Has("hybrid_layer_pattern"));
}

// What argparse of Python 3.12 answers to the same lines.
TEST(EffectiveArgs, StopsWhereArgparseStops) {
  using Kind = ParseProblem::Kind;
  struct Case {
    Strings argv;
    std::vector<std::pair<Kind, std::size_t>> problems;  // kind, and word from 0
  };
  const std::vector<Case> cases = {
      {{"stray", "--bf16", "more"}, {{Kind::kStrayWord, 0}, {Kind::kStrayWord, 2}}},
      {{"--no-such-flag", "1", "2", "--bf16"}, {{Kind::kUnknownFlag, 0}}},
      {{"--no-such-flag=1"}, {{Kind::kUnknownFlag, 0}}},
      {{"--micro-batch", "1"}, {{Kind::kUnknownFlag, 0}}},  // no abbreviations
      {{"-x"}, {{Kind::kUnknownFlag, 0}}},
      {{"--lr", "1", "2"}, {{Kind::kStrayWord, 2}}},
      {{"--lr"}, {{Kind::kMissingValue, 0}}},
      {{"--lr", "--bf16"}, {{Kind::kMissingValue, 0}}},
      {{"--lr", "-1e-5"}, {{Kind::kMissingValue, 0}, {Kind::kUnknownFlag, 1}}},
      {{"--lr", "-1"}, {}},
      {{"--lr", "-.5"}, {}},
      {{"--lr=-1e-5"}, {}},
      {{"--lr", "-1 2"}, {{Kind::kWrongType, 1}}},
      {{"--lr="}, {{Kind::kWrongType, 0}}},
      {{"--save="}, {}},
      {{"--recompute-modules"}, {{Kind::kMissingValue, 0}}},
      {{"--recompute-modules=mlp"}, {}},
      {{"--data-path"}, {}},  // any number of values, none among them
      {{"--data-path", "a", "--", "b"}, {{Kind::kStrayWord, 2}, {Kind::kStrayWord, 3}}},
      {{"--rampup-batch-size", "1", "2"}, {{Kind::kWrongCount, 0}}},
      {{"--rampup-batch-size=1"}, {{Kind::kWrongCount, 0}}},
      {{"--rampup-batch-size", "1", "2", "3", "4"}, {{Kind::kStrayWord, 4}}},
      {{"--bf16=1"}, {{Kind::kUnexpectedValue, 0}}},
      {{"-h"}, {{Kind::kHelp, 0}}},
      {{"-hx"}, {{Kind::kUnexpectedValue, 0}}},
      {{"--", "-h"}, {{Kind::kStrayWord, 0}, {Kind::kStrayWord, 1}}},
      {{"-"}, {{Kind::kStrayWord, 0}}},
      {{""}, {{Kind::kStrayWord, 0}}},
      {{"--micro-batch-size", "1e3"}, {{Kind::kWrongType, 1}}},
      {{"--optimizer", "Adam"}, {{Kind::kNotAChoice, 1}}},
      {{"--timing-log-level", "+1"}, {}},  // choices are compared after conversion
      {{"--timing-log-level", "3"}, {{Kind::kNotAChoice, 1}}},
      {{"--exit-signal", "SIGTERM"}, {}},
      {{"--exit-signal", "15"}, {{Kind::kWrongType, 1}}},
      {{"--cuda-graph-modules", "attn", "bogus"}, {{Kind::kWrongType, 2}}},
      {{"--cuda-graph-modules", "attn", "full_iteration"}, {}},
      {{"--moe-layer-freq", "[0]+[1]*3"}, {}},
      {{"--moe-layer-freq", "[0]+1"}, {{Kind::kWrongType, 1}}},
  };
  for (const Case& c : cases) {
    std::vector<std::pair<Kind, std::size_t>> found;
    for (const ParseProblem& problem : Read(c.argv).problems()) {
      found.emplace_back(problem.kind, problem.word);
    }
    EXPECT_EQ(found, c.problems) << testing::PrintToString(c.argv);
  }
}

TEST(EffectiveArgs, ConvertsAsTheTypesDo) {
  const EffectiveArgs args =
      Read({"--moe-layer-freq", "([0]*3+[1]*1)*2", "--window-size", "(8,0)", "--exit-signal",
            "SIGINT", "--seed", " 1_000 ", "--no-rope-freq", "4"});
  EXPECT_THAT(args.problems(), IsEmpty());
  EXPECT_EQ(args.Value("moe_layer_freq"), json({0, 0, 0, 1, 0, 0, 0, 1}));
  EXPECT_EQ(args.Value("window_size"), json({8, 0}));
  EXPECT_EQ(args.Value("exit_signal"), 2);
  EXPECT_EQ(args.Int("seed"), 1000);
  EXPECT_EQ(args.Int("no_rope_freq"), 4);
}

TEST(EffectiveArgs, KnowsWhereAFlagStands) {
  const EffectiveArgs args = Read({"--lr", "1", "--bf16", "--lr=2"});
  EXPECT_EQ(args.WordOf("lr"), 3u);
  EXPECT_EQ(args.WordOf("bf16"), 2u);
  EXPECT_EQ(args.WordOf("fp16"), EffectiveArgs::kNoWord);
  EXPECT_EQ(args.WordOf("no_such_thing"), EffectiveArgs::kNoWord);
}

TEST(EffectiveArgs, CopiesAreTheirOwn) {
  const EffectiveArgs raw = Read({"--save", "there", "--lr", "1"});
  EffectiveArgs args = raw;
  args.Set("save", "elsewhere");
  args.Set("seq_length", 5);
  EXPECT_EQ(raw.Text("save"), "there");
  EXPECT_EQ(args.Text("save"), "elsewhere");
  EXPECT_TRUE(raw.IsNull("seq_length"));
  EXPECT_EQ(args.Int("seq_length"), 5);
  EXPECT_FALSE(args.Given("seq_length"));
}

// A product of two sizes always fits; counts are not cut.
TEST(EffectiveArgs, BoundsWhatIsMultiplied) {
  const EffectiveArgs args = Read({"--hidden-size", "99999999999999999999", "--num-layers",
                                   "-9223372036854775808", "--train-samples", "5000000000"});
  EXPECT_EQ(args.Int("hidden_size"), EffectiveArgs::kMostSize);
  EXPECT_EQ(args.Int("num_layers"), -EffectiveArgs::kMostSize);
  EXPECT_EQ(args.Int("train_samples"), 5000000000);
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(Product({kMost, 2}), kMost);
  EXPECT_EQ(Product({kMost, -2, 3}), -kMost);
  EXPECT_EQ(Product({kMost, kMost, 0}), 0);
  EXPECT_EQ(Product({-3, 5}), -15);
}

TEST(EffectiveArgs, TheLastOfTwoSpellingsWins) {
  const EffectiveArgs args = Read({"--lr", "1", "--lr", "2"});
  EXPECT_EQ(args.Number("lr"), 2);
  EXPECT_TRUE(Read({"--no-check-for-nan-in-loss-and-grad", "--bf16"}).On("bf16"));
}

// A flag at the end, values of the wrong type, floods of tokens: Violations() refuses them, and
// reading does not trip.
TEST(EffectiveArgs, TakesMalformedLines) {
  EXPECT_TRUE(Read({"--lr"}).IsNull("lr"));
  EXPECT_EQ(Read({"--micro-batch-size", "four"}).Value("micro_batch_size"), "four");
  EXPECT_EQ(Read({"--micro-batch-size", "four"}).Int("micro_batch_size", 7), 7);
  EXPECT_TRUE(Read({"--lr="}).Given("lr"));
  const EffectiveArgs odd = Read({"", "-", "---", "=", "--=x", "--"});
  EXPECT_EQ(odd.problem_count(), 5u);  // the word behind "---" is its own
  EXPECT_EQ(Read(Strings(1000, "stray")).problem_count(), 1000u);
  EXPECT_EQ(Read(Strings(1000, "stray")).problems().size(), EffectiveArgs::kMostProblems);
  Strings many(2000, "--bf16");
  EXPECT_TRUE(Read(many).On("bf16"));
}

TEST(EffectiveArgs, DerivesWhatTheReleaseDerives) {
  EXPECT_EQ(DataParallel(Read({"--tensor-model-parallel-size", "2", "--context-parallel-size", "2"},
                              "megatron@0.19", {.world_size = 16})),
            4);
  EXPECT_EQ(LayersOfPattern("+E|ME/+-/+-"), 4);
  EXPECT_EQ(MtpDepthOfPattern("+E/+-/+-"), 2);
  EXPECT_EQ(MtpDepthOfPattern("+E"), 0);
  EXPECT_EQ(MtpDepthOfPattern("+E//"), 0);  // empty blocks are none
  const auto stages = [](const Strings& argv, const std::string& dialect) {
    return VirtualStages(Read(argv, dialect));
  };
  const Strings cut = {"--pipeline-model-parallel-size", "2", "--hybrid-layer-pattern", "M|E|M|E"};
  EXPECT_EQ(stages(cut, "megatron@0.19"), 2);
  EXPECT_EQ(stages({"--pipeline-model-parallel-size", "2", "--hybrid-override-pattern", "M|E|M|E"},
                   "megatron@0.16"),
            1);  // 0.16 knows no cuts
  EXPECT_EQ(
      stages({"--pipeline-model-parallel-size", "2", "--num-virtual-stages-per-pipeline-rank", "3"},
             "megatron@0.16"),
      3);
  EXPECT_EQ(stages({"--pipeline-model-parallel-size", "2", "--pipeline-model-parallel-layout",
                    "Et|(tt|)*5,t|mL"},
                   "megatron@0.17"),
            4);  // 8 pieces
}

TEST(Rewrites, FollowEachOther) {
  // Each of these is what the one before it leads to.
  EffectiveArgs args = Read({"--external-cuda-graph", "--hybrid-layer-pattern", "DE|ME/+-",
                             "--num-layers", "9", "--bf16", "--optimizer", "dist_muon"},
                            "megatron@0.18", {.world_size = 4});
  std::map<std::string, Rewrite> rewrites;
  for (const Rewrite& rewrite : ApplyRewrites(args)) rewrites[rewrite.dest] = rewrite;
  EXPECT_EQ(rewrites.at("cuda_graph_impl").to, "transformer_engine");
  EXPECT_EQ(rewrites.at("te_rng_tracker").to, true);
  EXPECT_EQ(rewrites.at("num_layers").from, 9);
  EXPECT_EQ(rewrites.at("num_layers").to, 4);
  EXPECT_TRUE(rewrites.at("num_layers").given);
  EXPECT_EQ(rewrites.at("encoder_num_layers").to, 4);
  EXPECT_EQ(rewrites.at("multi_latent_attention").to, true);
  EXPECT_EQ(rewrites.at("optimizer").to, "muon");
  EXPECT_EQ(rewrites.at("external_cuda_graph").to, nullptr);  // given, and gone
  EXPECT_FALSE(rewrites.contains("checkpoint_activations"));  // gone, and nobody's
  EXPECT_EQ(args.Int("mtp_num_layers"), 1);
  EXPECT_EQ(args.Int("overlap_p2p_comm", -1), -1);
}

TEST(Rewrites, OfEveryReleaseNameTheirSourceAndChangeSomething) {
  for (const Release& release : Releases()) {
    EffectiveArgs args(release, Strings{"--bf16"});
    const std::vector<Rewrite> rewrites = ApplyRewrites(args, {.unused_removals = true});
    EXPECT_GT(rewrites.size(), 12u) << release.dialect;
    for (const Rewrite& rewrite : rewrites) {
      EXPECT_FALSE(rewrite.source.empty() || rewrite.why.empty()) << rewrite.dest;
      EXPECT_TRUE(rewrite.from != rewrite.to || rewrite.to.is_null()) << rewrite.dest;
      EXPECT_TRUE(rewrite.flag.starts_with("--")) << rewrite.dest;
    }
    // What is done is done: a second time nothing changes.
    EXPECT_THAT(ApplyRewrites(args), IsEmpty()) << release.dialect;
  }
}

}  // namespace
}  // namespace nam56r::dialect
