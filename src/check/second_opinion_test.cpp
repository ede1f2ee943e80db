#include "src/check/second_opinion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <thread>

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

  // As soon as it is there; 0: it never was.
  pid_t PidIn(const std::string& name) const {
    for (int i = 0; i < 3000; ++i) {
      pid_t pid = 0;
      if (std::ifstream(folder_.path() / name) >> pid) return pid;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return 0;
  }
  // Within some time. One that nobody has reaped is gone, too.
  static bool Gone(pid_t pid) {
    for (int i = 0; i < 500; ++i) {
      std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
      std::string number;
      std::string name;
      std::string state;
      if (!(stat >> number >> name >> state) || state == "Z" || state == "X") return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

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
      {R"(head -c 2000000 /dev/zero | tr '\0' '[')", "nested"},
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

TEST_F(SecondOpinion, AnAnswerIsHeldToBounds) {
  const Opinion opinion = With(R"(
printf '{"verdict":"ok","error":"[[[[[[[[[[[[[[[[[[[[\\"[[","overridden":['
seq -f '"dest%.0f",' 1 400
echo '"last"]}')");
  ASSERT_TRUE(opinion.asked) << opinion.why_not;
  EXPECT_EQ(opinion.overridden.size(), 257U);
  EXPECT_EQ(opinion.overridden.back(), "...");
}

TEST_F(SecondOpinion, WhatItLeavesBehindHoldsNothingUp) {
  const auto begin = std::chrono::steady_clock::now();
  const Opinion opinion = With(R"(sleep 60 & echo $! > ")" + (folder_.path() / "pid").string() +
                               R"("; echo '{"verdict":"ok"}')");
  EXPECT_TRUE(opinion.asked) << opinion.why_not;
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  EXPECT_TRUE(Gone(PidIn("pid")));
}

// Asked in a process of its own, which |number| ends as soon as the question runs.
TEST_F(SecondOpinion, EndsWithWhoAsks) {
  const std::string pid_file = (folder_.path() / "pid").string();
  const std::string sleeper = Write("bin/python", "#!/bin/sh\necho $$ > " + pid_file + "-\nmv " +
                                                      pid_file + "- " + pid_file + "\nsleep 60\n");
  fs::permissions(sleeper, fs::perms::owner_all);
  Checkout("import os, time\nopen('" + pid_file + "-', 'w').write(str(os.getpid()))\nos.rename('" +
           pid_file + "-', '" + pid_file + "')\ntime.sleep(60)\n");
  const fs::path temporary = folder_.path() / "tmp";
  fs::create_directories(temporary);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGKILL}) {
    if (number == SIGKILL && !HasPython()) continue;
    fs::remove(pid_file);
    const pid_t asks = fork();
    ASSERT_GE(asks, 0);
    if (asks == 0) {
      setenv("TMPDIR", temporary.c_str(), 1);  // NOLINT: no other thread here
      for (const int other : {SIGTERM, SIGINT, SIGHUP}) signal(other, SIG_DFL);
      Ask({folder_.path(), number == SIGKILL ? "python3" : sleeper, std::chrono::seconds(50)},
          argv_, surroundings_);
      _exit(0);
    }
    const pid_t asked = PidIn("pid");
    ASSERT_GT(asked, 0);
    kill(asks, number);
    int status = 0;
    ASSERT_EQ(waitpid(asks, &status, 0), asks);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == number) << number;
    EXPECT_TRUE(Gone(asked)) << number;
    if (number != SIGKILL) {
      EXPECT_TRUE(fs::is_empty(temporary)) << number;
    }
  }
}

TEST_F(SecondOpinion, AnIgnoredSignalEndsNothing) {
  const auto before = signal(SIGHUP, SIG_IGN);
  const Opinion opinion = With(R"(kill -HUP $PPID; sleep 0.2; echo '{"verdict":"ok"}')");
  signal(SIGHUP, before);
  EXPECT_TRUE(opinion.asked) << opinion.why_not;
}

TEST_F(SecondOpinion, LimitsThatHoldAlreadyAreKept) {
  if (!HasPython()) GTEST_SKIP() << "no python3";
  Checkout(R"(
import resource
print(resource.getrlimit(resource.RLIMIT_DATA))
assert resource.getrlimit(resource.RLIMIT_DATA) == (4000000 << 10, 4000000 << 10)


def parse_args():
    raise ValueError("as it should be")
)");
  const Opinion opinion = With("ulimit -d 4000000\nulimit -t 20\nexec python3 \"$@\"\n");
  EXPECT_TRUE(opinion.asked) << opinion.why_not;
  EXPECT_THAT(opinion.error, HasSubstr("as it should be"));
}

TEST_F(SecondOpinion, ModelsAreStoodInFor) {
  if (!HasPython()) GTEST_SKIP() << "no python3";
  Checkout(R"(
import abc
import pydantic
import torch


class Named(pydantic.BaseModel, abc.ABC, extra="allow"):
    name: str = pydantic.Field("first", frozen=True)
    size: int = 3


class Other(Named):
    name: str = "other"


assert Named.__fields__["name"].default == "first"
assert Other.__fields__["name"].default == "other"
assert list(Other.model_fields) == ["name", "size"]
assert Other(size=4).size == 4


def parse_args():
    raise ValueError("as it should be")
)");
  const Opinion opinion = Really();
  EXPECT_TRUE(opinion.asked) << opinion.why_not;
  EXPECT_THAT(opinion.error, HasSubstr("as it should be"));
}

TEST_F(SecondOpinion, ARefusalForWantOfAPackageIsNoVerdict) {
  if (!HasPython()) GTEST_SKIP() << "no python3";
  if (std::system("python3 -c 'import tilelang' >/dev/null 2>&1") == 0) {  // NOLINT
    GTEST_SKIP() << "nothing is lacking";
  }
  Checkout(R"(
import argparse


def parse_args():
    parser = argparse.ArgumentParser()
    parser.add_argument("--say")
    parser.add_argument("--backend", choices=["none", "tilelang"])
    return parser.parse_args()


def validate_args(args, defaults):
    raise ValueError(args.say)
)");
  const struct {
    std::vector<std::string> argv;
    bool asked;
  } kCases[] = {
      {{"--say", "the backend Tilelang cannot be used here"}, false},
      {{"--say", "modelopt: no"}, false},
      {{"--say", "fused permutation is not available"}, false},
      {{"--say", "please install it"}, false},
      {{"--say", "only supported with transformer_engine implementation"}, true},
      {{"--say", "inflation is too high"}, true},  // has "fla" in it
      {{"--backend", "cudnn"}, true},              // choices name it
  };
  for (const auto& one : kCases) {
    argv_ = one.argv;
    const Opinion opinion = Really();
    EXPECT_EQ(opinion.asked, one.asked) << one.argv[1] << ": " << opinion.why_not;
    if (!one.asked) {
      EXPECT_THAT(opinion.why_not, HasSubstr(one.argv[1]));
    }
  }
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
  // It stops at validation at what passes it here, whatever comes later.
  Opinion builds = refuses;
  builds.stage = "build";
  for (const Stage later : {Stage::kBuild, Stage::kRun}) {
    ASSERT_EQ(Disagreements(refuses, ours(later), "megatron@0.19").size(), 1U);
    EXPECT_THAT(Disagreements(builds, ours(later), "megatron@0.19"), IsEmpty());
  }
  EXPECT_THAT(Disagreements(builds, ours(Stage::kValidate), "megatron@0.19"), IsEmpty());
  EXPECT_EQ(Disagreements(builds, Result{}, "megatron@0.19").size(), 1U);
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
  EXPECT_THAT(values[0].fields, ElementsAre("--lr", "--min-lr"));
  EXPECT_THAT(values[0].where[1].label, HasSubstr("changes --min-lr"));
  accepts.overridden = {"no_such_dest"};
  EXPECT_THAT(Disagreements(accepts, Result{}, "megatron@0.19").front().fields,
              ElementsAre("no_such_dest"));
}

}  // namespace
}  // namespace nam56r::check
