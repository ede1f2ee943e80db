#include "src/launch/bisect/bisect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "src/launch/launch_testing.h"

namespace nam56r::launch::bisect {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAreArray;
using Change = std::function<void(recipe::Recipe&, policy::Policy&)>;

contract::ReadContract Contract(const Change& change = nullptr) {
  const std::string root = std::string(NAM56R_SOURCE_DIR) + "/";
  auto recipe = testing::Must(recipe::Load(root + "recipes/nam56r-tiny.toml"));
  auto policy = testing::Must(policy::Load(root + "policies/laptop.toml"));
  if (change) change(recipe.value, policy.value);
  const auto contract = testing::Must(contract::Compile(recipe, policy, {}));
  return testing::Must(contract::Parse(contract::ToJson(contract).dump(), "test.json"));
}

// Forty decisions that can be taken one by one.
void TakeForty(recipe::Recipe& recipe, policy::Policy& policy) {
  recipe.model.init_std = 0.03;
  recipe.model.norm_epsilon = 1e-6;
  recipe.moe.aux_loss_coeff = 2e-4;
  policy.run.name = "bad";
  policy.batch.train_iters += 7;
  policy.batch.global_batch_size *= 2;
  policy.mtp.loss_scaling_factor = 0.2;
  policy.optimizer.lr *= 2;
  policy.optimizer.min_lr /= 2;
  policy.optimizer.weight_decay = 0.02;
  policy.optimizer.beta1 = 0.8;
  policy.optimizer.beta2 = 0.9;
  policy.optimizer.epsilon = 1e-7;
  policy.optimizer.clip_grad = 2;
  policy.optimizer.seed = 7;
  policy.data.split = "90,5,5";
  policy.data.log_interval += 3;
  policy.data.eval_iters += 1;
  for (int i = 0; policy.environment.size() < 22; ++i) {
    const std::string name = fmt::format("PLANTED_{}", i);
    policy.run.unlisted_environment.push_back(name);
    policy.environment[name] = "1";
  }
}

/// Fails where every field of |planted| has its bad value.
class Judge final : public Oracle {
 public:
  Judge(const Candidates& candidates, std::set<std::string> planted)
      : candidates_(candidates), planted_(std::move(planted)) {}

  base::Expected<Answer> Try(const Candidate& candidate) override {
    ++asked;
    const contract::ReadContract contract =
        testing::Must(contract::Parse(candidate.bytes, "candidate"));
    for (const Difference& difference : candidates_.differences()) {
      if (!planted_.contains(difference.name)) continue;
      if (Value(contract, difference) != difference.bad) return Answer{Verdict::kWorks, "done"};
    }
    return Answer{Verdict::kFails, "exited with 1"};
  }

  int asked = 0;

 private:
  static json Value(const contract::ReadContract& contract, const Difference& difference) {
    // As JSON of the schema, the way the difference has it.
    const bool recipe = difference.field.starts_with("recipe.");
    json value = recipe ? base::ToJson(contract.recipe, recipe::Schema())
                        : base::ToJson(contract.policy, policy::Schema());
    std::string path = "/" + difference.name.substr(7);
    std::replace(path.begin(), path.end(), '.', '/');
    const json::json_pointer pointer(path);
    return value.contains(pointer) ? value[pointer] : json();
  }

  const Candidates& candidates_;
  std::set<std::string> planted_;
};

TEST(Bisect, FindsAPairOfPolicyFieldsAmongFortyRealDifferences) {
  const contract::ReadContract good = Contract();
  const contract::ReadContract bad = Contract(TakeForty);
  const Candidates candidates(good, bad, 2, "");
  ASSERT_GE(candidates.differences().size(), 38u);
  for (unsigned seed = 0; seed < 6; ++seed) {
    std::mt19937 random(seed);
    std::set<std::string> planted;
    while (planted.size() < 2) {
      const Difference& difference =
          candidates.differences()[random() % candidates.differences().size()];
      if (difference.surface == "policy") planted.insert(difference.name);
    }
    Judge judge(candidates, planted);
    auto report = Bisect(candidates, judge, {});
    ASSERT_TRUE(report) << report.errors()[0].message;
    std::set<std::string> found;
    for (const std::size_t change : report->culprits.changes) {
      found.insert(report->differences[change].name);
    }
    EXPECT_EQ(found, planted);
    EXPECT_LE(report->trials.size(), 60u);
    EXPECT_EQ(static_cast<std::size_t>(judge.asked), report->trials.size());
  }
}

TEST(Bisect, MixesThatDoNotCompileCostNoTrial) {
  // Two stages need twice the ranks: neither of the two can be taken alone.
  const contract::ReadContract good = Contract();
  const contract::ReadContract bad = Contract([](auto&, auto& policy) {
    policy.batch.global_batch_size *= 3;
    policy.batch.micro_batch_size *= 3;
    policy.optimizer.lr *= 2;
  });
  const Candidates candidates(good, bad, 0, "");
  Judge judge(candidates, {"policy.batch.micro_batch_size"});
  auto report = Bisect(candidates, judge, {});
  ASSERT_TRUE(report);
  const json answer = ToJson(*report);
  EXPECT_EQ(answer["surfaces"], json::array({"policy"}));
  EXPECT_EQ(answer["trials_started"], report->trials.size());
  for (const Trial& trial : report->trials) EXPECT_NE(trial.answer.verdict, Verdict::kUnresolved);
  std::set<std::string> found;
  for (const json& culprit : answer["culprits"]) found.insert(culprit["field"]);
  EXPECT_TRUE(found.contains("policy.batch.micro_batch_size"));
  EXPECT_FALSE(found.contains("policy.optimizer.lr"));
}

TEST(Candidates, EndsAreTheTwoContractsAndStepsAreCutWhereBothAgree) {
  const contract::ReadContract good = Contract();
  const contract::ReadContract bad = Contract([](auto&, auto& policy) { policy.optimizer.lr = 1; });
  const Candidates whole(good, bad, 0, "");
  EXPECT_EQ(testing::Must(whole.Make({})).digest, good.digest);
  EXPECT_EQ(testing::Must(whole.Make({0})).digest, bad.digest);
  const Candidates cut(good, bad, 2, "");
  const auto candidate = testing::Must(contract::Parse(testing::Must(cut.Make({})).bytes, "c"));
  EXPECT_EQ(candidate.policy.batch.train_iters, 2);
  const Candidates longer(good, Contract([](auto&, auto& p) { ++p.batch.train_iters; }), 2, "");
  EXPECT_EQ(testing::Must(longer.Make({})).digest, good.digest);
}

/// Answers as it is told, for GOOD, BAD and the rest.
class Fixed final : public Oracle {
 public:
  explicit Fixed(std::vector<Answer> answers) : answers_(std::move(answers)) {}
  base::Expected<Answer> Try(const Candidate&) override {
    return answers_[std::min(at_++, answers_.size() - 1)];
  }

 private:
  std::vector<Answer> answers_;
  std::size_t at_ = 0;
};

TEST(Bisect, EndsThatAreNotAsSaidAreRefusedByName) {
  const contract::ReadContract good = Contract();
  const contract::ReadContract bad = Contract([](auto&, auto& policy) {
    policy.optimizer.lr = 1;
    policy.optimizer.seed = 1;
  });
  const Candidates candidates(good, bad, 0, "");
  const Answer works{Verdict::kWorks, "done"};
  const Answer fails{Verdict::kFails, "exited with 1"};
  const Answer unresolved{Verdict::kUnresolved, "LAUNCH0005: more ranks"};
  const std::vector<std::tuple<Answer, Answer, std::string>> cases = {
      {works, works, "BISECT0002"},
      {fails, fails, "BISECT0003"},
      {fails, works, "BISECT0004"},
      {unresolved, fails, "BISECT0006"},
      {works, unresolved, "BISECT0006"}};
  for (const auto& [first, second, code] : cases) {
    Fixed oracle({first, second});
    auto report = Bisect(candidates, oracle, {});
    ASSERT_FALSE(report) << code;
    EXPECT_EQ(report.errors()[0].code, code);
  }
  Fixed never({works});
  auto same = Bisect(Candidates(good, good, 0, ""), never, {});
  ASSERT_FALSE(same);
  EXPECT_EQ(same.errors()[0].code, "BISECT0001");

  // Stopped, it still says what it knows.
  Fixed interrupted({works, fails, Answer{Verdict::kUnresolved, "interrupted", "", true}});
  auto report = Bisect(candidates, interrupted, {});
  ASSERT_TRUE(report);
  EXPECT_EQ(ToJson(*report)["end"], "interrupted");
  EXPECT_EQ(report->culprits.changes.size(), 2u);
  EXPECT_TRUE(report->ends_known);
  Fixed early({works, Answer{Verdict::kUnresolved, "interrupted", "", true}});
  report = Bisect(candidates, early, {});
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->ends_known);
  Fixed slow({works, fails, works});
  report = Bisect(candidates, slow, {.max_trials = 2});
  ASSERT_TRUE(report);
  EXPECT_EQ(ToJson(*report)["end"], "trials spent");
}

TEST(ProgramOracle, AnswersAsForGitBisectRun) {
  const testing::TemporaryDirectory directory;
  base::SystemProgramRunner runner;
  const Candidate candidate{"{}\n", "sha256:0123456789abcdef0123456789abcdef"};
  const auto verdict = [&](const std::string& script) {
    ProgramOracle oracle({{"/bin/sh", "-c", script, "judge"},
                          {{"PATH", "/usr/bin:/bin"}},
                          directory.path(),
                          std::chrono::seconds(20)},
                         runner);
    return testing::Must(oracle.Try(candidate)).verdict;
  };
  EXPECT_EQ(verdict("test -s \"$1\""), Verdict::kWorks) << "the contract's path comes last";
  for (const char* script :
       {"exit 1", "exit 124", "exit 126", "exit 127", "exit 255", "kill -9 $$"}) {
    EXPECT_EQ(verdict(script), Verdict::kFails) << script;
  }
  EXPECT_EQ(verdict("exit 125"), Verdict::kUnresolved);
  ProgramOracle missing({{"/nowhere/judge"}, {}, directory.path(), std::chrono::seconds(1)},
                        runner);
  auto answer = missing.Try(candidate);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.errors()[0].code, "BISECT0005");
}

}  // namespace
}  // namespace nam56r::launch::bisect
