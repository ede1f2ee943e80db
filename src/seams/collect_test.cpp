#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "src/seams/seam.h"
#include "src/seams/test_launch.h"

namespace nam56r::seams {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kMegatron[] = "megatron@0.19";

std::vector<std::string> IdsOf(const Collected& collected) {
  std::vector<std::string> ids;
  for (const SeamUse& use : collected.uses) ids.push_back(use.id);
  return ids;
}

TEST(SeamCollect, ShippedH200PolicyListsWhatItNeedsAndNothingElse) {
  const TestLaunch launch = H200();
  auto collected = Collect(launch.On(kMegatron));
  ASSERT_TRUE(collected) << collected.errors().front().message;
  EXPECT_TRUE(collected->warnings.empty());
  EXPECT_THAT(IdsOf(*collected), Contains("m2rnn-mixer"));
  EXPECT_EQ(IdsOf(*collected).size(), launch.policy.value.seams.required.size());
  for (const SeamUse& use : collected->uses) {
    if (use.id == "m2rnn-mixer") {
      EXPECT_THAT(use.layers, ElementsAre("layer 12 (R-rank 0)", "layer 24 (R-rank 1)",
                                          "layer 36 (R-rank 2)", "layer 48 (R-rank 3)"));
    }
  }
}

TEST(SeamCollect, RefusalListsEveryFeatureThatTheDialectCannotExpress) {
  const TestLaunch launch =
      H200([](recipe::Recipe&, policy::Policy& p) { p.seams.required.clear(); });
  auto collected = Collect(launch.On(kMegatron));
  ASSERT_FALSE(collected);
  const base::Diagnostic* error = FindCode(collected.errors(), "DIALECT0001");
  ASSERT_NE(error, nullptr);
  EXPECT_THAT(error->valid, ElementsAre("m2rnn-mixer", "mamba3-mixer", "ngram-hash-embedding",
                                        "structure-embedding"));
  // One line a feature, and one for the way out.
  ASSERT_EQ(error->notes.size(), error->valid.size() + 1);
  EXPECT_THAT(error->notes[0], HasSubstr("layer 48 (R-rank 3)"));
  EXPECT_THAT(error->notes[0], HasSubstr("the seam 'm2rnn-mixer' carries it"));
  EXPECT_THAT(error->notes[1], HasSubstr("layer 3 (M-rank 0)"));
  EXPECT_THAT(error->notes.back(), HasSubstr("no release of Megatron expresses more"));
  EXPECT_THAT(error->fields, Contains("recipe.ngram_hash.enabled"));
  EXPECT_THAT(error->fields, Contains("policy.seams.required"));
  EXPECT_THAT(error->fix, HasSubstr("\"m2rnn-mixer\", \"mamba3-mixer\""));
  // Both sides, with lines.
  bool recipe_line = false;
  bool policy_line = false;
  for (const base::SourceNote& note : error->where) {
    recipe_line |= note.at.file.ends_with("nam56r.toml") && note.at.line > 0;
    policy_line |= note.at.file.ends_with("h200x8-bf16.toml") && note.at.line > 0;
  }
  EXPECT_TRUE(recipe_line);
  EXPECT_TRUE(policy_line);
}

TEST(SeamCollect, DecisionThatOnlyASeamCarriesOutIsRefusedWithoutIt) {
  struct Case {
    std::string id;
    Change change;
  };
  const std::vector<Case> cases = {
      {"mtp-cross-entropy", [](auto&, policy::Policy&) {}},
      {"sparse-mla", [](auto&, policy::Policy& p) { p.attention.sparse_mode = "gather_scatter"; }},
      {"linear-cross-entropy",
       [](auto&, policy::Policy& p) { p.kernels.cross_entropy = "linear"; }},
      {"hybrid-schedule-plan",
       [](auto&, policy::Policy& p) { p.overlap.moe_expert_parallel_comm = true; }},
      {"dualpipev", [](auto&, policy::Policy& p) { p.schedule.kind = "dualpipev"; }},
      {"graph-safe-dsa", [](auto&, policy::Policy& p) { p.graphs.implementation = "local"; }},
      {"mamba-regional-compile", [](auto&, policy::Policy& p) { p.regional_compile.mamba = true; }},
  };
  for (const Case& c : cases) {
    const TestLaunch launch = H200([&](recipe::Recipe& r, policy::Policy& p) {
      c.change(r, p);
      std::erase(p.seams.required, c.id);
    });
    auto collected = Collect(launch.On(kMegatron));
    ASSERT_FALSE(collected) << c.id;
    ASSERT_EQ(collected.errors().size(), 1u) << c.id;
    EXPECT_EQ(collected.errors().front().code, "SEAM0002");
    EXPECT_THAT(collected.errors().front().fix, HasSubstr(c.id));
    EXPECT_GE(collected.errors().front().where.size(), 2u) << c.id;
  }
}

// Taking the seam off the list alone would leave the launch refused.
TEST(SeamCollect, ADualpipevThatDoesNotFitNamesAWayOut) {
  const std::vector<std::pair<Change, std::string>> cases = {
      {[](auto&, policy::Policy& p) { p.layout.expert_parallel = 2; }, "expert_parallel = 1"},
      {[](auto&, policy::Policy& p) { p.layout.pipeline_parallel = 2; }, "pipeline_parallel = 1"},
  };
  for (const auto& [change, way] : cases) {
    const TestLaunch launch = H200([&](recipe::Recipe& r, policy::Policy& p) {
      p.schedule.kind = "dualpipev";
      p.seams.required.emplace_back("dualpipev");
      change(r, p);
    });
    auto collected = Collect(launch.On(kMegatron));
    ASSERT_FALSE(collected) << way;
    const base::Diagnostic* error = FindCode(collected.errors(), "SEAM0004");
    ASSERT_NE(error, nullptr);
    EXPECT_THAT(error->fix, HasSubstr(way));
    EXPECT_THAT(error->fix, HasSubstr("another schedule.kind"));
  }
}

TEST(SeamCollect, UnknownIdIsRefusedWithTheNearest) {
  const TestLaunch launch =
      H200([](recipe::Recipe&, policy::Policy& p) { p.seams.required.push_back("sparse-mal"); });
  auto collected = Collect(launch.On(kMegatron));
  ASSERT_FALSE(collected);
  const base::Diagnostic* error = FindCode(collected.errors(), "SEAM0001");
  ASSERT_NE(error, nullptr);
  EXPECT_THAT(error->fix, HasSubstr("sparse-mla"));
  EXPECT_THAT(error->valid, Contains("m2rnn-mixer"));
}

TEST(SeamCollect, SeamThatNothingUsesIsAWarning) {
  const TestLaunch launch = H200([](recipe::Recipe&, policy::Policy& p) {
    p.seams.required.push_back("dsa-rank-routing");  // 0.19 mixes MLA and DSA itself
  });
  auto collected = Collect(launch.On(kMegatron));
  ASSERT_TRUE(collected);
  ASSERT_EQ(collected->warnings.size(), 1u);
  EXPECT_EQ(collected->warnings.front().code, "SEAM0003");
  EXPECT_EQ(collected->warnings.front().severity, base::Severity::kWarning);
  EXPECT_THAT(collected->warnings.front().message, HasSubstr("dsa-rank-routing"));
}

TEST(SeamCollect, ForbiddenSeamIsRefusedWithBothSides) {
  // Listed, and the launch forbids it.
  TestLaunch launch = H200(
      [](recipe::Recipe&, policy::Policy& p) { p.seams.required.push_back("selective-fp8-moe"); });
  auto collected = Collect(launch.On(kMegatron));
  ASSERT_FALSE(collected);
  ASSERT_EQ(collected.errors().size(), 1u);
  const base::Diagnostic& listed = collected.errors().front();
  EXPECT_EQ(listed.code, "SEAM0004");
  EXPECT_THAT(listed.message, HasSubstr("precision.compute = bf16"));
  EXPECT_THAT(listed.fields, ElementsAre("policy.precision.compute", "policy.seams.required"));
  EXPECT_THAT(listed.fix, HasSubstr("remove \"selective-fp8-moe\""));
  ASSERT_EQ(listed.where.size(), 2u);
  for (const base::SourceNote& note : listed.where) EXPECT_GT(note.at.line, 0);
  EXPECT_EQ(listed.where.front().label, "precision.compute = \"bf16\"");

  // Asked for by one field and forbidden by another: no list can be right.
  launch = H200([](recipe::Recipe&, policy::Policy& p) { p.mtp.cross_entropy = "native_hopper"; });
  collected = Collect(launch.On(kMegatron));
  ASSERT_FALSE(collected);
  const base::Diagnostic* asked = FindCode(collected.errors(), "SEAM0004");
  ASSERT_NE(asked, nullptr);
  EXPECT_THAT(asked->fields,
              ElementsAre("policy.mtp.cross_entropy", "policy.kernels.cross_entropy"));
  EXPECT_EQ(asked->fix, "write cross_entropy = \"linear\" below [kernels]");
}

TEST(SeamCollect, RecommendedSeamThatIsNotListedIsAWarningWithItsCost) {
  const TestLaunch launch = H200(
      [](recipe::Recipe&, policy::Policy& p) { std::erase(p.seams.required, "mamba-recompute"); });
  auto collected = Collect(launch.On(kMegatron));
  ASSERT_TRUE(collected);
  ASSERT_EQ(collected->warnings.size(), 1u);
  const base::Diagnostic& warning = collected->warnings.front();
  EXPECT_EQ(warning.code, "SEAM0005");
  EXPECT_EQ(warning.severity, base::Severity::kWarning);
  EXPECT_THAT(warning.message, HasSubstr("129 GiB"));
  EXPECT_THAT(warning.message, HasSubstr("s12-mem-mambarc"));
  EXPECT_THAT(warning.fields, Contains("policy.recompute.granularity"));
}

TEST(SeamCollect, SeamListedTwiceIsRefusedOnce) {
  const TestLaunch launch = H200([](recipe::Recipe&, policy::Policy& p) {
    p.seams.required.insert(p.seams.required.end(), {"m2rnn-mixer", "m2rnn-mixer"});
  });
  auto collected = Collect(launch.On(kMegatron));
  ASSERT_FALSE(collected);
  ASSERT_EQ(collected.errors().size(), 1u);
  EXPECT_EQ(collected.errors().front().code, "SEAM0006");
}

TEST(SeamCollect, BackendWithItsOwnMamba2RecordsTheMixersWithoutApplyingThem) {
  for (const bool listed : {true, false}) {
    const TestLaunch launch = H200([&](recipe::Recipe&, policy::Policy& p) {
      p.run.recipe_mode = "nemo";
      p.mtp.cross_entropy = "native";
      p.seams.required = {"ngram-hash-embedding", "structure-embedding", "shared-mla-spec",
                          "dsa-rank-routing",     "sparse-mla",          "mamba-recompute"};
      if (listed) p.seams.required.push_back("m2rnn-mixer");
    });
    auto collected = Collect(launch.On("nemo"));
    ASSERT_TRUE(collected) << collected.errors().front().message;
    std::vector<std::string> recorded;
    for (const SeamUse& use : collected->uses) {
      if (use.recorded_only) recorded.push_back(use.id);
    }
    EXPECT_THAT(recorded, ElementsAre("m2rnn-mixer", "mamba3-mixer"));
  }
}

TEST(SeamCollect, UsesStandInApplicationOrderAndCarryWhatALaunchNeeds) {
  const TestLaunch launch = H200([](recipe::Recipe&, policy::Policy& p) {
    p.attention.index_cache_ranks = {0, 3, 6};
    // The order of the list is nobody's order of application.
    p.seams.required.insert(p.seams.required.begin(), "index-cache");
    p.seams.required.insert(p.seams.required.begin(), "mamba3-fp32-parameters");
    std::reverse(p.seams.required.begin(), p.seams.required.end());
  });
  auto collected = Collect(launch.On(kMegatron));
  ASSERT_TRUE(collected) << collected.errors().front().message;
  const std::vector<std::string> ids = IdsOf(*collected);
  auto place = [&](const std::string& id) {
    return std::find(ids.begin(), ids.end(), id) - ids.begin();
  };
  for (const SeamUse& use : collected->uses) {
    EXPECT_FALSE(use.recorded_only);
    EXPECT_FALSE(use.gate.empty() || use.proof.empty() || use.without.empty()) << use.id;
    EXPECT_FALSE(use.fields.empty()) << use.id;
    ASSERT_FALSE(use.checks.empty()) << use.id;
    EXPECT_EQ(use.checks.front().module, ProviderModule(use.id));
    EXPECT_THAT(use.probe, HasSubstr(use.checks.back().module));
    for (const std::string& id : use.after) EXPECT_LT(place(id), place(use.id)) << use.id;
    if (use.id == "index-cache") {
      EXPECT_THAT(use.after, ElementsAre("dsa-indexer-fused"));
      EXPECT_EQ(use.settings.at("NAM56R_ATTENTION_INDEX_CACHE_RANKS"), "0,3,6");
      EXPECT_EQ(use.layers.size(), 9u);
      EXPECT_EQ(use.proof_check.scope, "layers");
    }
  }
}

// A list that answers every finding is enough, on every release that has what the policy asks for.
TEST(SeamCollect, ShippedPoliciesAreComplete) {
  struct Case {
    std::string recipe;
    std::string policy;
  };
  for (const Case& c : {Case{"nam56r", "h200x8-bf16"}, Case{"nam56r", "h200x8-fp8"},
                        Case{"nam56r-quarter", "gb10"}}) {
    for (const char* dialect : {"megatron@0.17", "megatron@0.18", "megatron@0.19"}) {
      const bool newest = dialect == std::string(kMegatron);
      const TestLaunch launch = Launch(c.recipe, c.policy, [&](recipe::Recipe&, policy::Policy& p) {
        if (!newest) {
          p.seams.required.insert(p.seams.required.end(),
                                  {"dsa-rank-routing", "shared-mla-spec", "dsa-indexer-loss-skip"});
        }
      });
      auto collected = Collect(launch.On(dialect));
      ASSERT_TRUE(collected) << c.policy << ": " << collected.errors().front().message;
      EXPECT_TRUE(collected->warnings.empty())
          << c.policy << " on " << dialect << ": " << collected->warnings.front().message;
    }
  }
}

}  // namespace
}  // namespace nam56r::seams
