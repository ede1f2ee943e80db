#include "src/dialect/release.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

namespace nam56r::dialect {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Strings = std::vector<std::string>;

const Release& Megatron019() { return *FindRelease("megatron@0.19"); }

TEST(Release, OnlyKnownNamesAreFound) {
  EXPECT_THAT(DialectNames(), ElementsAre("native", "megatron@0.16", "megatron@0.17",
                                          "megatron@0.18", "megatron@0.19", "nemo"));
  EXPECT_NE(FindRelease("megatron@0.19"), nullptr);
  EXPECT_EQ(FindRelease("native"), nullptr);
  EXPECT_EQ(FindRelease("megatron@0.2"), nullptr);
}

TEST(Release, HoldsTheParsersFacts) {
  const Release& release = Megatron019();
  EXPECT_EQ(release.arguments.size(), 808u);
  const Argument* beta2 = release.FindFlag("--adam-beta2");
  ASSERT_NE(beta2, nullptr);
  EXPECT_EQ(beta2->default_json, "0.999");
  EXPECT_EQ(beta2->type, "float");
  EXPECT_EQ(release.FindFlag("--persistent-save-interval"), release.FindDest("save_interval"));
  EXPECT_EQ(release.FindFlag("--no-rope-fusion")->action, Action::kStoreFalse);
  EXPECT_EQ(release.FindFlag("--hybrid-override"), nullptr);
}

TEST(Release, EveryDefaultIsJsonAndEveryFlagBelongsToOneArgument) {
  for (const Release& release : Releases()) {
    std::set<std::string_view> flags;
    for (const Argument& argument : release.arguments) {
      EXPECT_TRUE(nlohmann::json::accept(argument.default_json)) << argument.dest;
      ASSERT_FALSE(argument.flags.empty()) << argument.dest;
      for (std::string_view flag : argument.flags) {
        EXPECT_TRUE(flags.insert(flag).second) << flag;
        EXPECT_EQ(release.FindFlag(flag), &argument) << flag;
      }
      ASSERT_NE(release.FindDest(argument.dest), nullptr) << argument.dest;
      EXPECT_EQ(release.FindDest(argument.dest)->dest, argument.dest);
    }
    EXPECT_EQ(flags.size(), release.by_flag.size());
  }
}

TEST(Release, DiffersFromItsNeighbours) {
  const auto has = [](const char* dialect, const char* flag) {
    return FindRelease(dialect)->FindFlag(flag) != nullptr;
  };
  EXPECT_EQ(FindRelease("megatron@0.16")->arguments.size(), 652u);
  EXPECT_EQ(FindRelease("megatron@0.17")->arguments.size(), 705u);
  EXPECT_EQ(FindRelease("megatron@0.18")->arguments.size(), 751u);
  EXPECT_FALSE(has("megatron@0.16", "--hybrid-layer-pattern"));
  EXPECT_TRUE(has("megatron@0.17", "--hybrid-layer-pattern"));
  EXPECT_FALSE(has("megatron@0.17", "--cuda-graph-modules"));
  EXPECT_TRUE(has("megatron@0.18", "--cuda-graph-modules"));
  EXPECT_FALSE(has("megatron@0.18", "--dsa-kernel-backend"));
  EXPECT_TRUE(has("megatron@0.19", "--dsa-kernel-backend"));
  EXPECT_EQ(EntryPoint(*FindRelease("megatron@0.17")), "pretrain_mamba.py");
  EXPECT_EQ(EntryPoint(*FindRelease("megatron@0.18")), "pretrain_hybrid.py");
}

TEST(Release, NemoHasTheArgumentsOf017UnderItsOwnName) {
  const Release* nemo = FindRelease("nemo");
  ASSERT_NE(nemo, nullptr);
  EXPECT_EQ(nemo->dialect, "nemo");
  EXPECT_EQ(nemo->minor, 17);
  EXPECT_EQ(nemo->arguments.size(), FindRelease("megatron@0.17")->arguments.size());
  EXPECT_THAT(Violations(*nemo, "--nope", {}), ElementsAre("nemo has no --nope"));
}

TEST(Violations, AreWhatTheParserWouldRefuse) {
  const Release& release = Megatron019();
  auto check = [&](std::string_view flag, const Strings& values) {
    return Violations(release, flag, values);
  };
  EXPECT_THAT(check("--lr", {"1e-05"}), IsEmpty());
  EXPECT_THAT(check("--lr", {"fast"}), ElementsAre(HasSubstr("not of type float")));
  EXPECT_THAT(check("--rotary-base", {"10000.0"}), ElementsAre(HasSubstr("not of type int")));
  EXPECT_THAT(check("--lr", {}), ElementsAre(HasSubstr("--lr takes one value")));
  EXPECT_THAT(check("--bf16", {}), IsEmpty());
  EXPECT_THAT(check("--bf16", {"true"}), SizeIs(1));
  EXPECT_THAT(check("--optimizer", {"adamw"}), ElementsAre(HasSubstr("not among adam, sgd")));
  EXPECT_THAT(check("--attention-backend", {"flash"}), IsEmpty());
  EXPECT_THAT(check("--attention-backend", {"AttnBackend.flash"}), SizeIs(1));
  EXPECT_THAT(check("--recompute-modules", {"mlp", "moe"}), IsEmpty());
  EXPECT_THAT(check("--recompute-modules", {}), SizeIs(1));
  EXPECT_THAT(check("--hybrid-layers", {"M"}), ElementsAre(HasSubstr("has no --hybrid-layers")));
}

TEST(Violations, OfACommandLineAreFoundInEveryFlag) {
  const Strings argv = {"--lr", "x", "--bf16", "--num-layers", "3", "--nope"};
  EXPECT_THAT(Violations(Megatron019(), argv), SizeIs(2));
}

}  // namespace
}  // namespace nam56r::dialect
