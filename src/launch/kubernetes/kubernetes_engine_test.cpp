#include "src/launch/kubernetes/kubernetes_engine.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>

#include "src/launch/process_testing.h"
#include "src/launch/torchrun_lines.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Slurp;

/// Answers as kubectl does.
class FakeCluster final : public base::ProgramRunner {
 public:
  std::vector<std::string> asked;  ///< "apply", "get jobsets.jobset.x-k8s.io", ...
  std::vector<json> states;        ///< conditions, one a question; the last stays
  json pods = json::array();
  std::map<std::string, std::string> logs;
  std::map<std::string, std::string> errors;  ///< by verb
  bool there = true;
  std::function<void()> on_get;

  base::ProgramEnd Run(const base::Program& program) override {
    base::ProgramEnd end;
    const auto& argv = program.argv;
    EXPECT_EQ(argv[0], "kubectl");
    const bool get = argv[1] == "get";
    asked.push_back(get ? argv[1] + " " + argv[2] : argv[1]);
    if (!there) {
      end.why_not = "No such file or directory";
      return end;
    }
    end.started = true;
    end.exit_code = 0;
    if (const auto it = errors.find(argv[1]); it != errors.end()) {
      end.exit_code = 1;
      end.err = it->second + "\n";
    } else if (get && argv[2] == "pods") {
      end.out = json{{"items", pods}}.dump();
    } else if (get) {
      if (on_get) on_get();
      end.out =
          json{{"status", {{"conditions", states.empty() ? json::array() : states[0]}}}}.dump();
      if (states.size() > 1) states.erase(states.begin());
    } else if (argv[1] == "logs") {
      end.out = logs[argv[2]];
    }
    return end;
  }
};

json Condition(const char* type, const char* message = "") {
  return json::array({{{"type", type}, {"status", "True"}, {"reason", "R"}, {"message", message}}});
}

json Pod(const std::string& name, int index, int exit_code, const char* reason = "Completed") {
  return {{"metadata",
           {{"name", name},
            {"labels", {{"batch.kubernetes.io/job-completion-index", std::to_string(index)}}}}},
          {"status",
           {{"containerStatuses",
             json::array({{{"name", "node"},
                           {"state",
                            {{"terminated", {{"exitCode", exit_code}, {"reason", reason}}}}}}})}}}};
}

class KubernetesEngineTest : public ::testing::Test {
 protected:
  KubernetesEngineTest() {
    std::filesystem::create_directories(directory_.path() / "logs");
    options_.log_directory = directory_.path() / "logs";
    options_.on_event = [this](const RankEvent& event) { events_.push_back(event); };
    const json contract = {{"digest", "sha256:0123456789"}};
    const json job = {{"template", {{"spec", {{"completions", 2}}}}}};
    const json manifest = {
        {"items",
         {{{"kind", "ConfigMap"}, {"data", {{"contract.json", contract.dump()}}}},
          {{"kind", "JobSet"},
           {"metadata", {{"name", "n"}, {"namespace", "training"}}},
           {"spec", {{"replicatedJobs", json::array({job})}}}}}}};
    std::ofstream(directory_.path() / "manifest.json") << manifest.dump();
  }

  base::Expected<EngineResult> Run(std::int64_t starts = 1) {
    KubernetesEngine::Options settings;
    settings.poll = std::chrono::milliseconds(1);
    settings.patience = 3;
    RankCommand pod;
    pod.argv = {"/bin/true"};
    pod.starts = starts;
    return KubernetesEngine(settings, cluster_).Run({pod}, options_);
  }
  EngineResult MustRun(std::int64_t starts = 1) {
    auto result = Run(starts);
    if (!result) throw std::runtime_error(result.errors()[0].message);
    return *result;
  }

  testing::TemporaryDirectory directory_;
  EngineOptions options_;
  FakeCluster cluster_;
  std::vector<RankEvent> events_;
};

TEST_F(KubernetesEngineTest, FollowsARunToItsEndAndCollectsItsLogs) {
  cluster_.states = {json::array(), Condition("Suspended"), json::array(), Condition("Completed")};
  cluster_.pods = {Pod("p1", 1, 0), Pod("p0", 0, 0)};
  cluster_.logs = {{"p0", "hello\n@nam56r {\"event\":\"step\",\"step\":1}\n"}, {"p1", "world\n"}};
  const EngineResult result = MustRun();
  EXPECT_EQ(result.outcome, Outcome::kSucceeded) << result.reason;
  EXPECT_EQ(result.ending, Ending::kDone);
  EXPECT_THAT(Slurp(options_.log_directory / "rank-0.log"), HasSubstr("hello\n"));
  EXPECT_EQ(Slurp(options_.log_directory / "rank-1.log"), "world\n");
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_EQ(events_[0].rank, 0);
  ASSERT_EQ(result.ranks.size(), 2u);
  EXPECT_EQ(result.ranks[1].exit_code, 0);
  EXPECT_EQ(cluster_.asked.front(), "apply");
  EXPECT_EQ(cluster_.asked.back(), "delete") << "what succeeded is removed";
}

TEST_F(KubernetesEngineTest, AFailureNamesThePodAndLeavesItThere) {
  cluster_.states = {Condition("Failed", "jobset failed due to one or more job failures")};
  cluster_.pods = {Pod("p0", 0, 0), Pod("p1", 1, 137, "OOMKilled")};
  const EngineResult result = MustRun();
  EXPECT_EQ(result.outcome, Outcome::kFailed);
  EXPECT_EQ(result.ending, Ending::kRankSignal);
  EXPECT_THAT(result.reason, HasSubstr("rank 1 was killed by SIGKILL"));
  EXPECT_THAT(result.reason, HasSubstr("OOMKilled"));
  EXPECT_THAT(result.named, ElementsAre(1));
  EXPECT_THAT(cluster_.asked, Not(Contains("delete")));
}

TEST_F(KubernetesEngineTest, RanksOfOnePodAreTakenApart) {
  cluster_.states = {Condition("Failed")};
  cluster_.pods = {Pod("p0", 0, 1, "Error"), Pod("p1", 1, 1, "Error")};
  const std::string tag = RunTag("sha256:0123456789");
  cluster_.logs = {
      {"p0", fmt::format("[nam56r:{0}:0] zero\n[nam56r:{0}:1] one\n"
                         "E1 failed (exitcode: -9) local_rank: 1 (pid: 7) of binary: x\n",
                         tag)},
      {"p1", fmt::format("[nam56r:{0}:3] three\n[nam56r:{0}:9] none of this pod's\n", tag)}};
  const EngineResult result = MustRun(2);
  ASSERT_EQ(result.ranks.size(), 4u);
  EXPECT_EQ(Slurp(options_.log_directory / "rank-1.log"), "one\n");
  EXPECT_EQ(Slurp(options_.log_directory / "rank-3.log"), "three\n");
  EXPECT_EQ(result.ranks[1].signal, 9);
  EXPECT_THAT(result.named, ElementsAre(1));
}

TEST_F(KubernetesEngineTest, AnInterruptRemovesTheRun) {
  int asked = 0;
  cluster_.on_get = [&] {
    if (++asked == 2) ::raise(SIGTERM);
  };
  const EngineResult result = MustRun();
  EXPECT_EQ(result.outcome, Outcome::kInterrupted);
  EXPECT_EQ(result.ending, Ending::kRequested);
  EXPECT_EQ(cluster_.asked.back(), "delete");
}

TEST_F(KubernetesEngineTest, AClusterThatDoesNotAnswerIsGivenUp) {
  cluster_.errors["get"] = "Unable to connect to the server: dial tcp: i/o timeout";
  const EngineResult result = MustRun();
  EXPECT_EQ(result.ending, Ending::kNodeLost);
  EXPECT_THAT(result.reason, HasSubstr("i/o timeout"));
  EXPECT_THAT(cluster_.asked, Not(Contains("delete"))) << "it may still run";
}

TEST_F(KubernetesEngineTest, WhatCannotBeginIsAnError) {
  cluster_.errors["apply"] =
      "Warning: x\nerror: resource mapping not found for kind \"JobSet\": ensure CRDs are "
      "installed";
  auto result = Run();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.errors()[0].code, "LAUNCH0514");
  EXPECT_THAT(result.errors()[0].message, HasSubstr("ensure CRDs are installed"));
  cluster_.there = false;
  result = Run();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.errors()[0].code, "LAUNCH0001");
}

TEST(ClusterState, ReadsTheConditionsOfBothKinds) {
  using Phase = ClusterState::Phase;
  const auto phase = [](const json& conditions) {
    return ReadClusterState({{"status", {{"conditions", conditions}}}}).phase;
  };
  EXPECT_EQ(phase(Condition("Complete")), Phase::kCompleted) << "TrainJob";
  EXPECT_EQ(phase(Condition("Completed")), Phase::kCompleted) << "JobSet";
  EXPECT_EQ(phase(Condition("Suspended")), Phase::kSuspended);
  EXPECT_EQ(phase(Condition("StartupPolicyCompleted")), Phase::kRunning);
  EXPECT_EQ(phase(json::array()), Phase::kWaiting);
  EXPECT_EQ(phase(json::array({{{"type", "Failed"}, {"status", "False"}}})), Phase::kRunning);
  EXPECT_EQ(phase(json::array({1, "x", {{"type", 3}}})), Phase::kRunning);
  EXPECT_EQ(phase("garbage"), Phase::kWaiting);
  EXPECT_EQ(ReadClusterState(json::array()).phase, Phase::kWaiting);
}

}  // namespace
}  // namespace nam56r::launch
