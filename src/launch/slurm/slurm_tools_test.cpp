#include "src/launch/slurm/slurm_tools.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "src/launch/process_testing.h"
#include "src/launch/slurm/leash.h"
#include "src/launch/slurm/step_file.h"
#include "src/launch/slurm/submission.h"

namespace nam56r::launch::slurm {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// As Slurm 22.05 prints them, shortened.
constexpr const char* kNodes =
    "NodeName=n1 Arch=x86_64 CPUTot=16 NodeAddr=10.0.0.1 NodeHostName=h1 Port=22200 State=MIXED "
    "Partitions=all AllocTRES= ExtSensorsTemp=n/s\n"
    "NodeName=n2 Arch=x86_64 NodeAddr=n2 State=DOWN+NOT_RESPONDING Partitions=all "
    "ExtSensorsTemp=n/s Reason=Not responding [root@2026-11-23T21:15:51]\n";
constexpr const char* kJob =
    "JobId=17 JobName=nam56r UserId=root(0) JobState=TIMEOUT Reason=TimeLimit ExitCode=0:15 "
    "RunTime=1-00:00:04 TimeLimit=UNLIMITED ReqNodeList=(null) NodeList=n[1-2] BatchHost=n1\n";

TEST(SlurmText, NodesHaveAStateAnAddressAndAReason) {
  const auto nodes = ParseNodes(kNodes);
  ASSERT_TRUE(nodes.has_value());
  ASSERT_EQ(nodes->size(), 2u);
  EXPECT_EQ((*nodes)[0].address, "10.0.0.1");
  EXPECT_FALSE((*nodes)[0].Lost());
  EXPECT_TRUE((*nodes)[1].Lost());
  EXPECT_THAT((*nodes)[1].state, ElementsAre("DOWN", "NOT_RESPONDING"));
  EXPECT_EQ((*nodes)[1].reason, "Not responding");
}

TEST(SlurmText, AJobHasAStateOfWhichItsEndFollows) {
  const auto job = ParseJob(kJob);
  ASSERT_TRUE(job.has_value());
  EXPECT_EQ(job->nodes, "n[1-2]");
  EXPECT_EQ(job->run_seconds, 86404);
  EXPECT_EQ(job->limit_seconds, -1);
  struct Case {
    const char* state;
    bool waits, over;
    const char* ending;
  };
  for (const Case& c :
       {Case{"PENDING", true, false, ""}, Case{"RUNNING", false, false, ""},
        Case{"COMPLETING", false, true, "launch-failed"}, Case{"TIMEOUT", false, true, "walltime"},
        Case{"NODE_FAIL", false, true, "node-lost"}, Case{"CANCELLED", false, true, "requested"},
        Case{"OUT_OF_MEMORY", false, true, "rank-signal"}}) {
    Job one = *job;
    one.state = c.state;
    EXPECT_EQ(one.Waits(), c.waits) << c.state;
    EXPECT_EQ(one.Over(), c.over) << c.state;
    if (!c.over) continue;
    const auto outcome = OutcomeOfJob(one, "2026-08-01T12:00:00Z");
    EXPECT_EQ(outcome.at("ending"), c.ending);
    EXPECT_THAT(outcome.at("reason").get<std::string>(), HasSubstr(c.state));
  }
}

TEST(SlurmText, WhatIsOfAnotherFormIsNotUnderstood) {
  for (const char* text : {"", "\n", "Welcome!\n17", "17 18", "job 17", "-17", "1234567890123"}) {
    EXPECT_EQ(ParseJobId(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseJobId("17;cluster\n"), "17");
  for (const char* text : {"", "slurm_load_node error", "NodeName=n1", "NodeName= State=IDLE",
                           "NodeName=$(rm) State=IDLE", "NodeName=n1 State="}) {
    EXPECT_FALSE(ParseNodes(text).has_value()) << text;
  }
  for (const char* text : {"", "JobId=1", "JobState=RUNNING", "xJobId=1 JobState=RUNNING"}) {
    EXPECT_FALSE(ParseJob(text).has_value()) << text;
  }
  for (const char* text : {"", "n1\n-x", "n1\nn 2", "../n1"}) {
    EXPECT_FALSE(ParseHostNames(text).has_value()) << text;
  }
  for (const char* text : {"", "5", "UNLIMITED", "1-", "1:2:3:4", "-1:00", "99999999999:00"}) {
    EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
  }
}

class FakeWorld final : public base::ProgramRunner {
 public:
  base::ProgramEnd Run(const base::Program& program) override {
    asked = program;
    return answer;
  }
  base::Program asked;
  base::ProgramEnd answer;
};

class Tools : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"sbatch", "scontrol", "scancel"}) {
      const auto file = scratch_.path() / name;
      std::ofstream(file) << "never run";
      ::chmod(file.c_str(), 0700);
    }
    world_.answer.started = true;
    world_.answer.exit_code = 0;
  }
  std::string CodeOf(const base::Diagnostics& errors) { return errors.front().code; }

  launch::testing::TemporaryDirectory scratch_;
  FakeWorld world_;
  SlurmTools tools_{world_,
                    {{"PATH", scratch_.path().string()},
                     {"HOME", "/h"},
                     {"SLURM_CONF", "/c"},
                     {"SBATCH_PARTITION", "surprise"},
                     {"SECRET", "x"}}};
};

TEST_F(Tools, ASubmissionIsWordsAndNoShell) {
  world_.answer.out = "17\n";
  Submission submission;
  submission.script = "/r/batch";
  submission.nodes = 2;
  submission.ranks_per_node = 4;
  submission.partition = "gpu; rm -rf /";
  const auto id = tools_.Submit(submission);
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(*id, "17");
  EXPECT_EQ(world_.asked.argv.front(), (scratch_.path() / "sbatch").string());
  EXPECT_EQ(world_.asked.argv.back(), "/r/batch");
  EXPECT_THAT(world_.asked.argv, Contains("--partition=gpu; rm -rf /"));
  EXPECT_THAT(world_.asked.argv, Contains("--ntasks-per-node=4"));
  EXPECT_THAT(world_.asked.argv, Not(Contains(::testing::StartsWith("--account"))));
  EXPECT_EQ(world_.asked.environment.count("SLURM_CONF"), 1u);
  EXPECT_EQ(world_.asked.environment.count("SBATCH_PARTITION"), 0u);
  EXPECT_EQ(world_.asked.environment.count("SECRET"), 0u);
}

TEST_F(Tools, WhateverTheWorldAnswersIsAValue) {
  world_.answer.out = std::string(1 << 20, 'x');
  EXPECT_EQ(CodeOf(tools_.Submit({}).errors()), "LAUNCH0304");
  EXPECT_LT(tools_.ShowJob("1").errors().front().message.size(), 1000u);
  world_.answer.exit_code = 1;
  world_.answer.err = "sbatch: error: invalid partition specified: gpus\x1b[2J\n";
  const auto refused = tools_.Submit({});
  EXPECT_EQ(CodeOf(refused.errors()), "LAUNCH0303");
  EXPECT_THAT(refused.errors().front().message, HasSubstr("invalid partition"));
  EXPECT_THAT(refused.errors().front().message, Not(HasSubstr("\x1b")));
  world_.answer.timed_out = true;
  world_.answer.why_not = "no answer within 10 s";
  EXPECT_EQ(CodeOf(tools_.ShowNodes("n1").errors()), "LAUNCH0301");
  const SlurmTools nowhere(world_, {{"PATH", "/nonexistent"}});
  EXPECT_EQ(CodeOf(nowhere.Cancel("1").errors()), "LAUNCH0301");
}

TEST(BatchFile, IsStartedByTheKernelAndReadBack) {
  BatchRequest request;
  request.receipt_directory = "/runs/a \"b\"";
  request.contract = "/c.json";
  request.environment = {{"HOME", "/h\n#SBATCH --nodes=99"}};
  request.ranks_per_node = 3;
  const auto text = BatchFile("/opt/nam56r", request);
  ASSERT_TRUE(text.ok());
  EXPECT_TRUE(text->starts_with("#!/opt/nam56r slurm-batch\n{"));
  EXPECT_THAT(*text, Not(HasSubstr("\n#SBATCH")));
  const launch::testing::TemporaryDirectory scratch;
  std::ofstream(scratch.path() / "batch") << *text;
  const auto back = ReadBatchFile(scratch.path() / "batch");
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->receipt_directory, request.receipt_directory);
  EXPECT_EQ(back->environment, request.environment);
  EXPECT_EQ(back->ranks_per_node, 3);
  EXPECT_FALSE(BatchFile("/opt/" + std::string(300, 'x'), request).ok());
  EXPECT_FALSE(BatchFile("/opt/my programs/nam56r", request).ok());
  for (const char* bad : {"", "#!x", "#!x\n[]", "#!x\n{\"format\":\"nam56r.slurm-batch/1\"}"}) {
    std::ofstream(scratch.path() / "bad") << bad;
    const auto result = ReadBatchFile(scratch.path() / "bad");
    ASSERT_FALSE(result.ok()) << bad;
    EXPECT_EQ(result.errors().front().code, "LAUNCH0307");
  }
}

TEST(StepFile, IsPrivateAndReadBack) {
  const launch::testing::TemporaryDirectory scratch;
  StepFile step;
  step.ranks = {{0, {"/bin/true", "a b"}, {{"RANK", "0"}}}};
  step.token = NewToken();
  step.port = 4711;
  const auto path = scratch.path() / "step.json";
  ASSERT_TRUE(WriteStepFile(path, step).ok());
  struct stat status = {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const auto back = ReadStepFile(path);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->ranks[0].argv, step.ranks[0].argv);
  EXPECT_EQ(back->token, step.token);
  std::ofstream(path) << "{";
  EXPECT_FALSE(ReadStepFile(path).ok());
}

TEST(Leash, CarriesLinesAndEndsWithTheOtherSide) {
  auto listener = Listen();
  ASSERT_TRUE(listener.ok());
  auto client = Connect("127.0.0.1", listener->port, 5);
  ASSERT_TRUE(client.ok());
  const UniqueFd server(::accept4(listener->fd.get(), nullptr, nullptr, SOCK_CLOEXEC));
  const std::string big(200'000, 'x');
  std::thread sender([&] { EXPECT_TRUE(SendLine(server.get(), {{"a", big}}, 5000)); });
  LeashLines lines;
  std::optional<nlohmann::json> line;
  while (!(line = lines.Next())) ASSERT_TRUE(lines.ReadFrom(client->get()));
  sender.join();
  EXPECT_EQ(line->at("a"), big);
  client->reset();
  LeashLines back;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (back.ReadFrom(server.get()) && std::chrono::steady_clock::now() < until) {
  }
  EXPECT_FALSE(back.ReadFrom(server.get()));
  EXPECT_NE(LeashProof("t", "n", 1), LeashProof("t", "n", 2));
  EXPECT_NE(LeashProof("t", "n", 1), LeashProof("u", "n", 1));
}

}  // namespace
}  // namespace nam56r::launch::slurm
