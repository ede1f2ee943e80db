#include "src/check/second_opinion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "src/base/temporary_directory.h"

namespace nam56r::check {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

// A checkout as small as one can be: what it does with a line is its arguments.py.
class SecondOpinion : public ::testing::Test {
 protected:
  void SetUp() override { Checkout("raise SystemExit(1)\n"); }

  void Checkout(const std::string& arguments) const {
    Write("megatron/__init__.py", "");
    Write("megatron/core/__init__.py", "");
    Write("megatron/core/package_info.py", "__version__ = '0.99.0'\n");
    Write("megatron/core/utils.py", "_te_version = None\n");
    Write("megatron/training/__init__.py", "");
    Write("megatron/training/arguments.py", arguments);
  }

  std::string Write(const std::string& name, const std::string& text) const {
    const fs::path file = folder_.path() / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
    return file;
  }

  // What stands where Python should.
  Opinion With(const std::string& interpreter,
               std::chrono::seconds timeout = std::chrono::seconds(20)) const {
    const std::string file = Write("bin/python", "#!/bin/sh\n" + interpreter);
    fs::permissions(file, fs::perms::owner_all);
    return Ask({folder_.path(), file, timeout}, argv_, surroundings_);
  }
  Opinion Really() const {
    return Ask({folder_.path(), "python3", std::chrono::seconds(60)}, argv_, surroundings_);
  }
  static bool HasPython() { return std::system("python3 -c pass >/dev/null 2>&1") == 0; }  // NOLINT

  base::TemporaryDirectory folder_;
  std::vector<std::string> argv_ = {"--lr", "1e-4"};
  dialect::Surroundings surroundings_;
};

TEST_F(SecondOpinion, ReadsAnAnswer) {
  const Opinion refused = With(
      R"(echo '{"verdict":"refused","stage":"validate","error":"no","version":"x 1","stubbed":["torch"]}')");
  EXPECT_TRUE(refused.asked) << refused.why_not;
  EXPECT_TRUE(refused.refused);
  EXPECT_EQ(refused.stage, "validate");
  EXPECT_THAT(refused.stubbed, ElementsAre("torch"));
  const Opinion accepted = With(R"(echo '{"verdict":"ok","overridden":["lr"]}')");
  EXPECT_TRUE(accepted.asked);
  EXPECT_FALSE(accepted.refused);
  EXPECT_THAT(accepted.overridden, ElementsAre("lr"));
}

TEST_F(SecondOpinion, WhatGoesWrongIsAReasonAndNoVerdict) {
  const struct {
    std::string interpreter;
    std::string why;
  } kCases[] = {
      {"exit 3", "ended with 3"},
      {"echo last words >&2; exit 1", "last words"},
      {"kill -9 $$", "signal 9"},
      {"echo garbage", "without an answer"},
      {"echo '[1]'", "without an answer"},
      {"echo '{}'", "no verdict"},
      {R"(echo '{"verdict":"maybe"}')", "no verdict"},
      {R"(echo '{"verdict":3}')", "no verdict"},
      {R"(echo '{"not_asked":"no torch"}')", "no torch"},
      {"yes", "larger than"},
      {"sleep 60 & sleep 60", "longer than 1 s"},
      {"exec >&- 2>&-; sleep 60", "longer than 1 s"},
  };
  for (const auto& one : kCases) {
    const bool slow = one.why.starts_with("longer");
    const auto begin = std::chrono::steady_clock::now();
    const Opinion opinion = With(one.interpreter, std::chrono::seconds(slow ? 1 : 20));
    EXPECT_FALSE(opinion.asked) << one.interpreter;
    EXPECT_THAT(opinion.why_not, HasSubstr(one.why)) << one.interpreter;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(15));
    EXPECT_THAT(Disagreements(opinion, Result{}, "megatron@0.19"), IsEmpty());
  }
  EXPECT_THAT(Ask({folder_.path(), "no-such-python", std::chrono::seconds(5)}, argv_, surroundings_)
                  .why_not,
              HasSubstr("cannot be started"));
  EXPECT_THAT(Ask({"/nowhere", "python3", std::chrono::seconds(5)}, argv_, surroundings_).why_not,
              HasSubstr("arguments.py"));
}

TEST_F(SecondOpinion, GivesTheProgramWordsAndNoShell) {
  // The words are in the request, whatever is in them; nothing reaches a shell.
  argv_ = {"--a", "; touch " + (folder_.path() / "owned").string(), "$(id)", "\xFF"};
  const Opinion opinion =
      With(R"(grep -c 'touch' "$3" >&2; echo "{\"verdict\":\"ok\",\"version\":\"$#\"}")");
  EXPECT_TRUE(opinion.asked) << opinion.why_not;
  EXPECT_EQ(opinion.version, "3");  // -B, the program, the request
  EXPECT_FALSE(fs::exists(folder_.path() / "owned"));
}

TEST_F(SecondOpinion, AsksTheCheckoutsOwnValidators) {
  if (!HasPython()) GTEST_SKIP() << "no python3";
  Checkout(R"(
import argparse
import torch

print("noise on standard output")


class Config(torch.nn.Module):
    pass


def parse_args():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--lr", type=float)
    parser.add_argument("--min-lr", type=float, default=0.0)
    return parser.parse_args()


def validate_args(args, defaults):
    assert args.lr >= args.min_lr, f"min-lr {args.min_lr} is above"
    if args.min_lr == 1:
        torch.no_such_thing.which + 1
    args.min_lr = 0.5


def core_transformer_config_from_args(args):
    if args.lr == 7:
        raise ValueError("seven")
)");
  argv_ = {"--lr", "2", "--min-lr", "0.25"};
  const Opinion accepted = Really();
  ASSERT_TRUE(accepted.asked) << accepted.why_not;
  EXPECT_FALSE(accepted.refused) << accepted.error;
  EXPECT_EQ(accepted.version, "megatron-core 0.99.0");
  EXPECT_THAT(accepted.overridden, ElementsAre("min_lr"));
  argv_ = {"--lr", "2", "--min-lr", "3"};
  EXPECT_THAT(Really().error, AllOf(HasSubstr("AssertionError"), HasSubstr("is above")));
  argv_ = {"--lr", "7"};
  EXPECT_EQ(Really().stage, "build");
  argv_ = {"--nonsense"};
  EXPECT_EQ(Really().stage, "parse");
  // Where its verdict hangs on what is not there, it has none.
  if (!accepted.stubbed.empty()) {
    argv_ = {"--lr", "2", "--min-lr", "1"};
    EXPECT_THAT(Really().why_not, HasSubstr("torch"));
  }
  Checkout("import no_such_package_anywhere\n");
  EXPECT_THAT(Really().why_not, HasSubstr("no_such_package_anywhere"));
}

TEST_F(SecondOpinion, DisagreementIsAFinding) {
  Opinion accepts;
  accepts.asked = true;
  Opinion refuses = accepts;
  refuses.refused = true;
  refuses.stage = "validate";
  refuses.error = "AssertionError";
  const auto ours = [](Stage stage) {
    Result result;
    result.findings.resize(1);
    result.findings[0].diagnostic.code = "PLAN1001";
    result.findings[0].stage = stage;
    return result;
  };
  EXPECT_THAT(Disagreements(accepts, Result{}, "megatron@0.19"), IsEmpty());
  EXPECT_THAT(Disagreements(refuses, ours(Stage::kValidate), "megatron@0.19"), IsEmpty());
  // Its validators do not look at the model.
  EXPECT_THAT(Disagreements(accepts, ours(Stage::kBuild), "megatron@0.19"), IsEmpty());
  EXPECT_THAT(Disagreements(accepts, ours(Stage::kRun), "megatron@0.19"), IsEmpty());
  for (const base::Diagnostics& found :
       {Disagreements(refuses, Result{}, "megatron@0.19"),
        Disagreements(accepts, ours(Stage::kParse), "megatron@0.19")}) {
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].code, "POLICY0955");
    EXPECT_EQ(found[0].severity, base::Severity::kWarning);
    EXPECT_EQ(found[0].where.size(), 2U);
  }
  refuses.version = "megatron-core 0.18.2";
  EXPECT_THAT(Disagreements(refuses, Result{}, "megatron@0.19").front().notes,
              ElementsAre("megatron@0.19 was checked, and the checkout is megatron-core 0.18.2"));
  EXPECT_THAT(Disagreements(refuses, Result{}, "megatron@0.18").front().notes, IsEmpty());
  Result changes;
  changes.rewrites = {{"lr", "--lr", 1, 2, true, ""}, {"tp", "--tp", 1, 2, false, ""}};
  accepts.overridden = {"lr"};
  EXPECT_THAT(Disagreements(accepts, changes, "megatron@0.19"), IsEmpty());
  accepts.overridden = {"min_lr"};
  const base::Diagnostics values = Disagreements(accepts, changes, "megatron@0.19");
  ASSERT_EQ(values.size(), 1U);
  EXPECT_THAT(values[0].fields, ElementsAre("lr", "min_lr"));
}

}  // namespace
}  // namespace nam56r::check
