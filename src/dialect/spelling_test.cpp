#include "src/dialect/spelling.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "src/dialect/fields.h"
#include "src/dialect/test_dialects.h"

namespace nam56r::dialect {
namespace {

using seams::Change;
using seams::H200;
using seams::TestLaunch;
using testing::ElementsAre;
using testing::IsEmpty;
using Kind = Spelling::Kind;
using Strings = std::vector<std::string>;

Strings AllWords(const Context& context) {
  Strings words;
  for (const Spelling& spelling : Spellings(*FindRelease(context.dialect))) {
    for (std::string& word : Emit(spelling, context)) words.push_back(std::move(word));
  }
  return words;
}

Flags Line(const Strings& words) {
  Flags line;
  Strings* values = nullptr;
  for (const std::string& word : words) {
    if (word.starts_with("--")) {
      values = &line[word];
    } else {
      values->push_back(word);
    }
  }
  return line;
}

/// The words of |field| alone.
Strings WordsOf(const Context& context, std::string_view field) {
  Strings words;
  for (const Spelling& spelling : Spellings(*FindRelease(context.dialect))) {
    if (spelling.field != field) continue;
    for (std::string& word : Emit(spelling, context)) words.push_back(std::move(word));
  }
  return words;
}

TEST(Spelling, EveryFlagExistsInItsReleaseAndEveryFieldInItsSchema) {
  for (const Release& release : Releases()) {
    for (const Spelling& spelling : Spellings(release)) {
      const std::string name = fmt::format("{} {}", release.dialect, spelling.flag);
      EXPECT_NE(release.FindFlag(spelling.flag), nullptr) << name;
      if (!spelling.field.empty()) {
        EXPECT_NO_THROW(DefaultOf(spelling.field)) << name;
      }
      for (std::string_view other : spelling.also) EXPECT_NO_THROW(DefaultOf(other)) << name;
      if (!spelling.beside.empty()) {
        const bool absent = spelling.beside.front() == '!';
        EXPECT_NE(release.FindFlag(spelling.beside.substr(absent ? 1 : 0)), nullptr) << name;
      }
      for (const Choice& choice : spelling.choices) {
        if (choice.words.empty()) continue;
        EXPECT_THAT(Violations(release, choice.words), IsEmpty()) << name;
      }
      const bool opaque = spelling.kind == Kind::kComputed || spelling.kind == Kind::kFixed ||
                          spelling.kind == Kind::kBound;
      EXPECT_EQ(opaque, !spelling.inverse.empty()) << name;
      if (spelling.kind == Kind::kFixed) {
        EXPECT_THAT(Violations(release, spelling.flag, spelling.fixed), IsEmpty()) << name;
      }
      EXPECT_THAT(SpellingsOf(release, spelling.flag), testing::Contains(&spelling)) << name;
    }
  }
}

// A choice for every value that the schema takes: an emitter that meets another would throw.
TEST(Spelling, ChoicesAreThoseOfTheSchema) {
  const auto check = [](const auto& schema, const std::string& prefix) {
    for (const auto& field : schema) {
      for (const Release& release : Releases()) {
        for (const Spelling& spelling : Spellings(release)) {
          if (spelling.kind != Kind::kChoice || spelling.field != prefix + field.spec.key) continue;
          std::set<std::string> values;
          for (const Choice& choice : spelling.choices) values.emplace(choice.value);
          EXPECT_EQ(values,
                    std::set<std::string>(field.spec.choices.begin(), field.spec.choices.end()))
              << spelling.field;
        }
      }
    }
  };
  check(recipe::Schema(), "recipe.");
  check(policy::Schema(), "policy.");
}

// Nothing of a policy is dropped: what has no flag anywhere is carried by a seam, set in the
// environment, bound at launch, or decides something else that has words.
TEST(Spelling, EveryPolicyFieldHasWordsOrAnotherWay) {
  const std::set<std::string> elsewhere = {"run.name",
                                           "run.recipe_mode",
                                           "run.backend",
                                           "run.unlisted_environment",
                                           "layout.world_size",  // the launcher's ranks
                                           "layout.virtual_pipeline_parallel",  // the pattern's '|'
                                           "schedule.kind",
                                           "schedule.dualpipev_chunks",
                                           "mtp.cross_entropy",
                                           "precision.fp8_families",
                                           "muon.momentum_dtype",
                                           "regional_compile.mamba",
                                           "seams.required",  // seams
                                           "caches.triton",
                                           "caches.inductor",
                                           "caches.tilelang",
                                           "caches.extensions",
                                           "caches.cuda",
                                           "caches.key",
                                           "data.dataset",
                                           "checkpoint.load",
                                           "checkpoint.save",  // bound at launch
                                           "environment",
                                           "bootstrap_environment",
                                           "waivers"};
  std::set<std::string> spelled;
  for (const Release& release : Releases()) {
    for (const Spelling& spelling : Spellings(release)) {
      for (std::string_view other : spelling.also) spelled.emplace(other);
      if (spelling.kind != Kind::kBound) spelled.emplace(spelling.field);
    }
  }
  for (const auto& field : policy::Schema()) {
    const bool here = spelled.contains("policy." + field.spec.key);
    if (field.spec.key == "layout.virtual_pipeline_parallel") continue;  // both
    EXPECT_NE(here, elsewhere.contains(field.spec.key)) << field.spec.key;
  }
}

// Of everything that a line says, the fields read back are those that it was written from.
void ExpectReadsBack(const Context& context) {
  const Release& release = *FindRelease(context.dialect);
  const Strings words = AllWords(context);
  ASSERT_THAT(Violations(release, words), IsEmpty()) << context.dialect;
  const Flags line = Line(words);
  std::set<std::string> accounted;
  for (const Spelling& spelling : Spellings(release)) {
    const ReadBack read = Read(spelling, release, line);
    EXPECT_THAT(read.problems, IsEmpty()) << context.dialect << " " << spelling.flag;
    accounted.insert(read.flags.begin(), read.flags.end());
    for (const FieldRead& field : read.fields) {
      if (!field.given || !field.exact) continue;
      // One flag for both; a rule refuses different ones where both are used.
      if (field.field.ends_with("activation")) continue;
      EXPECT_EQ(field.value, ValueOf(context, field.field))
          << context.dialect << " " << field.field;
    }
  }
  for (const auto& [flag, values] : line) EXPECT_TRUE(accounted.contains(flag)) << flag;
}

TEST(Spelling, LinesReadBackForEveryShippedRecipePolicyAndDialect) {
  for (const std::string& dialect : MegatronDialects()) {
    for (const char* recipe : {"nam56r", "nam56r-quarter", "nam56r-tiny"}) {
      for (const char* policy : {"h200x8-bf16", "h200x8-fp8", "gb10"}) {
        const TestLaunch launch = AdaptedLaunch(recipe, policy, dialect);
        ExpectReadsBack(launch.On(dialect));
      }
    }
  }
}

TEST(Spelling, LinesReadBackWithEveryFieldChanged) {
  int changed = 0;
  const auto vary = [&](auto part, const auto& schema, const std::string& dialect) {
    const TestLaunch base = AdaptedLaunch("nam56r", "h200x8-fp8", dialect);
    for (const auto& field : schema) {
      if (field.spec.key.starts_with("model.p") || field.spec.key.starts_with("layout.")) continue;
      for (const base::FieldValue& value :
           OtherValues(field.spec, base::internal::GetField(field, (base.*part).value))) {
        TestLaunch other = base;
        base::internal::SetField(field, (other.*part).value, value);
        const policy::Policy& p = other.policy.value;
        auto plan = plan::Expand(other.recipe,
                                 {p.layout.pipeline_parallel, p.layout.virtual_pipeline_parallel,
                                  p.mtp.depth, p.layout.layers_per_chunk});
        if (!plan) continue;
        other.plan = std::move(*plan);
        ExpectReadsBack(other.On(dialect));
        ++changed;
      }
    }
  };
  for (const std::string& dialect : MegatronDialects()) {
    vary(&TestLaunch::recipe, recipe::Schema(), dialect);
    vary(&TestLaunch::policy, policy::Schema(), dialect);
  }
  EXPECT_GT(changed, 5 * 150);
}

TEST(Spelling, ReleasesDifferWhereTheyDo) {
  struct Case {
    std::string field;
    Change change;
    Strings words[4];  // 0.16 to 0.19
  };
  const std::vector<Case> cases = {
      {"policy.optimizer.kind",
       [](auto&, auto& p) {
         p.optimizer.kind = "muon";
         p.optimizer.distributed = true;
       },
       {{"--optimizer", "dist_muon"},
        {"--optimizer", "dist_muon"},
        {"--optimizer", "muon"},
        {"--optimizer", "muon"}}},
      {"policy.optimizer.distributed",
       [](auto&, auto& p) {
         p.optimizer.kind = "muon";
         p.optimizer.distributed = true;
       },
       {{}, {}, {"--use-distributed-optimizer"}, {"--use-distributed-optimizer"}}},
      {"policy.muon.nesterov",
       [](auto&, auto& p) { p.optimizer.kind = "muon"; },
       {{"--muon-use-nesterov"},
        {"--muon-use-nesterov"},
        {"--muon-nesterov"},
        {"--muon-nesterov"}}},
      {"policy.graphs.implementation",
       [](auto&, auto& p) { p.graphs.implementation = "full_iteration"; },
       {{"--cuda-graph-impl", "local", "--cuda-graph-scope", "full_iteration"},
        {"--cuda-graph-impl", "local", "--cuda-graph-scope", "full_iteration"},
        {"--cuda-graph-impl", "full_iteration"},
        {"--cuda-graph-impl", "full_iteration"}}},
      {"policy.graphs.modules",
       [](auto&, auto& p) {
         p.graphs.implementation = "transformer_engine";
         p.graphs.modules = {"attn", "mamba"};
       },
       {{"--cuda-graph-scope", "attn", "mamba"},
        {"--cuda-graph-scope", "attn", "mamba"},
        {"--cuda-graph-modules", "attn", "mamba"},
        {"--cuda-graph-modules", "attn", "mamba"}}},
      {"policy.attention.sparse_mode",
       [](auto&, auto&) {},
       {{}, {}, {}, {"--dsa-kernel-backend", "tilelang"}}},
      {"recipe.dsa.indexer_rotate_activation",
       [](auto& r, auto&) { r.dsa.indexer_rotate_activation = false; },
       {{}, {}, {}, {"--no-dsa-indexer-rotate-activation"}}},
      {"recipe.model.depth", [](auto&, auto&) {}, {{"--num-layers", "52"}, {}, {}, {}}},
      {"recipe.mtp.shared_block",
       [](auto& r, auto& p) {
         r.mtp.shared_block = true;
         p.mtp.depth = 1;
       },
       {{},
        {"--mtp-use-repeated-layer"},
        {"--mtp-use-repeated-layer"},
        {"--mtp-use-repeated-layer"}}},
      {"policy.precision.bf16_layers_at_start",
       [](auto&, auto& p) {
         p.precision.compute = "fp8";
         p.precision.bf16_layers_at_end = 2;
       },
       {{"--first-last-layers-bf16", "--num-layers-at-start-in-bf16", "0"},
        {"--first-last-layers-bf16", "--num-layers-at-start-in-bf16", "0"},
        {"--first-last-layers-bf16", "--num-layers-at-start-in-bf16", "0"},
        {"--first-last-layers-bf16", "--num-layers-at-start-in-bf16", "0"}}},
      {"policy.attention.index_cache_ranks",  // layers 5, 21 and 37 of 5, 9, 13, 21, ...
       [](auto&, auto& p) {
         p.attention.index_cache_ranks = {0, 3, 6};
       },
       {{}, {}, {}, {"--dsa-indexer-topk-freq", "16", "--dsa-indexer-skip-topk-offset", "5"}}},
  };
  for (const Case& c : cases) {
    for (std::size_t i = 0; i < 4; ++i) {
      const std::string dialect = MegatronDialects()[i];
      const TestLaunch launch = H200(c.change);
      EXPECT_EQ(WordsOf(launch.On(dialect), c.field), c.words[i]) << dialect << " " << c.field;
    }
  }
}

TEST(Spelling, GroupedQueryAttentionHasItsOwnFlags) {
  const TestLaunch launch = H200([](auto& r, auto&) {
    r.model.attention = "gqa";
    r.dsa.ranks.clear();
    r.gqa = {4, 64, 500000};
  });
  const Flags line = Line(AllWords(launch.On("megatron@0.17")));
  EXPECT_FALSE(line.contains("--multi-latent-attention"));
  EXPECT_FALSE(line.contains("--rope-type"));
  EXPECT_TRUE(line.contains("--group-query-attention"));
  EXPECT_THAT(line.at("--num-query-groups"), ElementsAre("4"));
  EXPECT_THAT(line.at("--kv-channels"), ElementsAre("64"));
  EXPECT_THAT(line.at("--rotary-base"), ElementsAre("500000"));
  ExpectReadsBack(launch.On("megatron@0.17"));
}

TEST(Spelling, ALargeRotaryBaseIsAnIntegerToTheParser) {
  const TestLaunch launch = H200([](auto& r, auto&) { r.mla.rotary_base = 1e8; });
  EXPECT_THAT(WordsOf(launch.On("megatron@0.19"), "recipe.mla.rotary_base"),
              ElementsAre("--rotary-base", "100000000"));
}

// Reading lines that this project did not write.
TEST(Spelling, ForeignLinesAreReadOrFoundWanting) {
  const Release& release = *FindRelease("megatron@0.17");
  const auto read = [&](const Flags& line, std::string_view flag, std::string_view field = "") {
    ReadBack all;
    for (const Spelling* spelling : SpellingsOf(release, flag)) {
      if (!field.empty() && spelling->field != field) continue;
      ReadBack one = Read(*spelling, release, line);
      all.fields.insert(all.fields.end(), one.fields.begin(), one.fields.end());
      all.problems.insert(all.problems.end(), one.problems.begin(), one.problems.end());
    }
    return all;
  };
  const auto value = [&](const Flags& line, std::string_view flag, std::string_view field) {
    const ReadBack back = read(line, flag, field);
    return back.fields.empty() ? base::FieldValue(std::string("?")) : back.fields.front().value;
  };
  // The default of the release, not of the schema.
  EXPECT_EQ(value({}, "--adam-beta2", "policy.optimizer.beta2"), base::FieldValue(0.999));
  EXPECT_FALSE(read({}, "--adam-beta2").fields.front().given);
  EXPECT_EQ(value({{"--bf16", {}}}, "--bf16", "policy.precision.compute"),
            base::FieldValue(std::string("bf16")));
  EXPECT_EQ(
      value({{"--bf16", {}}, {"--fp8-format", {"e4m3"}}}, "--bf16", "policy.precision.compute"),
      base::FieldValue(std::string("fp8")));
  EXPECT_EQ(value({}, "--bf16", "policy.precision.compute"), base::FieldValue(std::string("fp32")));
  EXPECT_EQ(value({{"--optimizer", {"dist_muon"}}}, "--optimizer", ""),
            base::FieldValue(std::string("muon")));
  EXPECT_EQ(value({{"--swiglu", {}}}, "--swiglu", ""), base::FieldValue(std::string("swiglu")));
  EXPECT_EQ(
      value({{"--mamba-num-heads", {"56"}}, {"--hidden-size", {"3584"}}}, "--mamba-num-heads", ""),
      base::FieldValue(std::int64_t{1}));
  // Problems name the flag and what it would have to be.
  EXPECT_THAT(read({{"--optimizer", {"lion"}}}, "--optimizer").problems, testing::SizeIs(1));
  EXPECT_THAT(read({{"--normalization", {"LayerNorm"}}}, "--normalization").problems,
              ElementsAre(testing::HasSubstr("LayerNorm instead of RMSNorm")));
  EXPECT_THAT(read({}, "--normalization").problems, testing::SizeIs(1));
  EXPECT_THAT(read({{"--tokenizer-type", {"GPT2BPETokenizer"}}}, "--tokenizer-type").problems,
              testing::SizeIs(1));
  EXPECT_THAT(
      read({{"--mamba-num-heads", {"57"}}, {"--hidden-size", {"3584"}}}, "--mamba-num-heads")
          .problems,
      testing::SizeIs(1));
  EXPECT_THAT(read({{"--seq-length", {"4096"}}, {"--max-position-embeddings", {"8192"}}},
                   "--max-position-embeddings")
                  .problems,
              testing::SizeIs(1));
}

}  // namespace
}  // namespace nam56r::dialect
