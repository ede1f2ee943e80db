#include "src/launch/receipt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "src/launch/launcher_identity.h"
#include "src/launch/process_testing.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using testing::ForkedProcess;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Lines;
using ::testing::Not;
using testing::Slurp;

constexpr const char* kDigest =
    "sha256:3fa94c1b20d7aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

class ReceiptTest : public ::testing::Test {
 protected:
  BoundRun Run(const std::string& name) {
    BoundRun run;
    run.receipt_directory = directory_.path() / "runs" / name;
    run.host = {{"machine", {{"name", "laptop"}}}};
    run.ranks.push_back({0,
                         {{"/bin/worker", base::Surface::kHost, "host paths.worker"}},
                         {{"HF_TOKEN", "hunter2", base::Surface::kPolicy, "policy environment"},
                          {"MONKEY", "banana", base::Surface::kPolicy, "policy environment"}}});
    return run;
  }
  base::Expected<ReceiptWriter> Create(const std::string& name,
                                       const std::string& bytes = "{ \"x\" : 1 }\n") {
    return ReceiptWriter::Create({"tiny", kDigest, "native", 4}, bytes, Run(name));
  }
  std::filesystem::path Path(const std::string& name) { return directory_.path() / "runs" / name; }

  testing::TemporaryDirectory directory_;
};

EngineResult FailedResult() {
  EngineResult result;
  result.outcome = Outcome::kFailed;
  result.reason = "rank 1 exited with 65";
  result.seconds = 2.5;
  result.ranks = {
      {0, true, -1, SIGTERM, 2.5, false}, {1, true, 65, 0, 1.5, true}, {2, false, -1, 0, 0, false}};
  return result;
}

TEST(ReceiptIdTest, SaysWhenWhatAndWhich) {
  EXPECT_EQ(ReceiptId(1785585600, "nam56r-tiny", kDigest),
            "20260801T120000Z-nam56r-tiny-3fa94c1b20d7");
  EXPECT_EQ(ReceiptId(1785585600, "../a b/", kDigest, 2),
            "20260801T120000Z-..-a-b--3fa94c1b20d7-2");
  EXPECT_EQ(ReceiptId(0, "", kDigest), "19700101T000000Z-run-3fa94c1b20d7");
  EXPECT_LT(ReceiptId(0, std::string(5000, 'x'), kDigest).size(), 120u);
}

TEST_F(ReceiptTest, KeepsTheVeryBytesPrivately) {
  const std::string bytes = "{\"b\":1,  \"a\":2}";
  auto writer = Create("r", bytes);
  ASSERT_TRUE(writer);
  EXPECT_EQ(Slurp(Path("r/contract.json")), bytes);
  using std::filesystem::perms;
  for (const char* directory : {"r", "r/logs"}) {
    EXPECT_EQ(std::filesystem::status(Path(directory)).permissions(), perms::owner_all);
  }
  for (const char* file : {"r/receipt.json", "r/contract.json", "r/host.json", "r/ranks.json",
                           "r/events.jsonl", "r/metrics.jsonl"}) {
    EXPECT_EQ(std::filesystem::status(Path(file)).permissions(),
              perms::owner_read | perms::owner_write)
        << file;
  }
}

TEST_F(ReceiptTest, SecretsAreNotInIt) {
  ASSERT_TRUE(Create("r"));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(Path("r"))) {
    if (!entry.is_regular_file()) continue;
    EXPECT_THAT(Slurp(entry.path()), Not(HasSubstr("hunter2"))) << entry.path();
  }
  const json ranks = json::parse(Slurp(Path("r/ranks.json")));
  const json& environment = ranks["ranks"][0]["environment"];
  EXPECT_EQ(environment[0]["value"], "<redacted>");
  EXPECT_EQ(environment[1]["value"], "banana");
  EXPECT_EQ(environment[1]["owner"], "policy");
}

TEST_F(ReceiptTest, IsRunningWhileItsLauncherLives) {
  ASSERT_TRUE(Create("r"));
  auto receipt = ReadReceipt(Path("r"));
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->state, ReceiptState::kRunning);
  EXPECT_EQ(receipt->id, "r");
  EXPECT_EQ(receipt->name, "tiny");
  EXPECT_EQ(receipt->digest, kDigest);
  EXPECT_EQ(receipt->world_size, 4);
  EXPECT_TRUE(receipt->outcome.is_null());
}

TEST_F(ReceiptTest, IsAbandonedWhenItsLauncherWasKilled) {
  ForkedProcess launcher([&] {
    auto writer = Create("r");
    std::ofstream(Path("ready")) << "\n";
    ::pause();
    return 0;
  });
  ASSERT_TRUE(testing::Within(5, [&] { return std::filesystem::exists(Path("ready")); }));
  EXPECT_EQ(ReadReceipt(Path("r"))->state, ReceiptState::kRunning);
  launcher.Signal(SIGKILL);
  launcher.Wait();
  EXPECT_EQ(ReadReceipt(Path("r"))->state, ReceiptState::kAbandoned);
}

TEST_F(ReceiptTest, ANumberIsNotAProcess) {
  // The launcher's number is in use again, by a process that started at another time.
  ASSERT_TRUE(Create("r"));
  json head = json::parse(Slurp(Path("r/receipt.json")));
  const json launcher = head["launcher"];
  const auto state_with = [&](const char* key, const json& value) {
    head["launcher"] = launcher;
    head["launcher"][key] = value;
    std::ofstream(Path("r/receipt.json")) << head;
    return ReadReceipt(Path("r"))->state;
  };
  EXPECT_EQ(state_with("pid", launcher["pid"]), ReceiptState::kRunning);
  EXPECT_EQ(state_with("start_ticks", 1), ReceiptState::kAbandoned);
  EXPECT_EQ(state_with("boot_id", "before"), ReceiptState::kAbandoned);
  EXPECT_EQ(state_with("hostname", "another"), ReceiptState::kElsewhere);
  EXPECT_EQ(state_with("pid", "text"), ReceiptState::kAbandoned);
}

TEST_F(ReceiptTest, MetricsAreTheStepsAmongTheEvents) {
  auto writer = Create("r");
  ASSERT_TRUE(writer);
  ASSERT_TRUE(writer->Append({0, {{"event", "start"}, {"stage", 0}}}, 0.1));
  ASSERT_TRUE(writer->Append({3, {{"event", "step"}, {"loss", 2.5}, {"seconds", 0.4}}}, 0.5));
  // In the file at once: a reader follows a run that is under way.
  EXPECT_EQ(Lines(Slurp(Path("r/events.jsonl"))).size(), 2u);
  const auto metrics = Lines(Slurp(Path("r/metrics.jsonl")));
  ASSERT_EQ(metrics.size(), 1u);
  EXPECT_EQ(json::parse(metrics[0]),
            json({{"event", "step"}, {"loss", 2.5}, {"seconds", 0.4}, {"rank", 3}, {"at", 0.5}}));
}

TEST_F(ReceiptTest, OutcomeSaysWhoFailedFirst) {
  auto writer = Create("r");
  ASSERT_TRUE(writer);
  ASSERT_TRUE(writer->Append({1, {{"event", "step"}, {"step", 7}}}, 1));
  ASSERT_TRUE(writer->Finish(FailedResult(), {{"last_loss", 3.5}}));
  auto receipt = ReadReceipt(Path("r"));
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->state, ReceiptState::kFailed);
  const json& outcome = receipt->outcome;
  EXPECT_EQ(outcome["reason"], "rank 1 exited with 65");
  EXPECT_EQ(outcome["first_failure"], 1);
  EXPECT_EQ(outcome["ranks"][1]["exit_code"], 65);
  EXPECT_TRUE(outcome["ranks"][0]["exit_code"].is_null());
  EXPECT_EQ(outcome["ranks"][0]["signal"], SIGTERM);
  EXPECT_FALSE(outcome["ranks"][2]["started"]);
  EXPECT_EQ(outcome["last_metrics"]["step"]["step"], 7);
  EXPECT_EQ(outcome["summary"]["last_loss"], 3.5);
  EXPECT_EQ(json::parse(Slurp(Path("r/receipt.json")))["state"], "failed");
}

TEST_F(ReceiptTest, IsNeverWrittenOverAnother) {
  ASSERT_TRUE(Create("r", "first"));
  auto second = Create("r", "second");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.errors()[0].code, "LAUNCH0010");
  EXPECT_EQ(Slurp(Path("r/contract.json")), "first");
}

TEST_F(ReceiptTest, RunsDirectoryThatIsAFile) {
  std::ofstream(directory_.path() / "runs") << "x";
  auto writer = Create("r");
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.errors()[0].code, "LAUNCH0010");
}

TEST_F(ReceiptTest, BytesThatAreNoTextStayReadable) {
  auto writer = Create("r");
  ASSERT_TRUE(writer);
  EngineResult result = FailedResult();
  result.reason = "rank \xff exited";
  ASSERT_TRUE(writer->Finish(result, nullptr));
  EXPECT_TRUE(ReadReceipt(Path("r")));
}

TEST_F(ReceiptTest, ListIsNewestFirstAndTellsWhatItCannotRead) {
  EXPECT_THAT(ListReceipts(Path(""))->receipts, IsEmpty()) << "no such directory, no receipts";
  for (const char* name :
       {"20260101T000000Z-a-1", "20260103T000000Z-a-1", "20260102T000000Z-a-1"}) {
    ASSERT_TRUE(Create(name));
    json head = json::parse(Slurp(Path(name) / "receipt.json"));
    head["started"] = name;
    std::ofstream(Path(name) / "receipt.json") << head;
  }
  std::filesystem::create_directory(Path("notes"));
  std::filesystem::create_directory(Path("broken"));
  std::ofstream(Path("broken/receipt.json")) << "{";
  auto list = ListReceipts(Path(""));
  ASSERT_TRUE(list);
  std::vector<std::string> ids;
  for (const Receipt& receipt : list->receipts) ids.push_back(receipt.id);
  EXPECT_THAT(ids,
              ElementsAre("20260103T000000Z-a-1", "20260102T000000Z-a-1", "20260101T000000Z-a-1"));
  ASSERT_EQ(list->unreadable.size(), 1u);
  EXPECT_EQ(list->unreadable[0].code, "LAUNCH0011");
  EXPECT_EQ(list->unreadable[0].severity, base::Severity::kWarning);
}

TEST_F(ReceiptTest, WhatIsNoReceiptIsRefused) {
  EXPECT_FALSE(ReadReceipt(Path("missing")));
  ASSERT_TRUE(Create("r"));
  const json good = json::parse(Slurp(Path("r/receipt.json")));
  for (const auto& [key, value] :
       {std::pair("format", json("nam56r.receipts/2")),
        std::pair("format", json("nam56r.receipt/0")),
        std::pair("format", json("nam56r.receipt/2x")), std::pair("format", json(7)),
        std::pair("name", json(7)), std::pair("digest", json()),
        std::pair("world_size", json("4"))}) {
    json head = good;
    head[key] = value;
    std::ofstream(Path("r/receipt.json")) << head;
    auto receipt = ReadReceipt(Path("r"));
    ASSERT_FALSE(receipt) << key << value;
    EXPECT_EQ(receipt.errors()[0].code, "LAUNCH0011");
  }
  for (const char* text : {"", "[]", "{\"format\":", "null", "\xff"}) {
    std::ofstream(Path("r/receipt.json")) << text;
    EXPECT_FALSE(ReadReceipt(Path("r"))) << text;
  }
  std::ofstream(Path("r/receipt.json")) << good;
  std::ofstream(Path("r/outcome.json")) << R"({"status":"splendid"})";
  EXPECT_FALSE(ReadReceipt(Path("r")));
}

TEST_F(ReceiptTest, OfALaterVersionIsReadAsFarAsItGoes) {
  auto writer = Create("r");
  ASSERT_TRUE(writer->Finish(FailedResult(), nullptr));
  json head = json::parse(Slurp(Path("r/receipt.json")));
  head["format"] = "nam56r.receipt/2";
  head.erase("world_size");
  head["planets"] = 9;
  std::ofstream(Path("r/receipt.json")) << head;
  auto receipt = ReadReceipt(Path("r"));
  ASSERT_TRUE(receipt);
  EXPECT_TRUE(receipt->newer);
  EXPECT_EQ(receipt->digest, kDigest);
  EXPECT_EQ(receipt->state, ReceiptState::kFailed);
  std::ofstream(Path("r/outcome.json")) << R"({"status":"splendid"})";
  EXPECT_EQ(ReadReceipt(Path("r"))->state, ReceiptState::kUnknown);
}

TEST_F(ReceiptTest, OfTheFirstVersionsHasNoAttemptsAndWasLocal) {
  ASSERT_TRUE(Create("r"));
  json head = json::parse(Slurp(Path("r/receipt.json")));
  for (const char* key : {"engine", "backend", "engine_ids", "attempts"}) head.erase(key);
  std::ofstream(Path("r/receipt.json")) << head;
  auto receipt = ReadReceipt(Path("r"));
  ASSERT_TRUE(receipt);
  EXPECT_FALSE(receipt->newer);
  EXPECT_EQ(receipt->engine, "local");
  EXPECT_EQ(receipt->backend, "native");
  EXPECT_TRUE(receipt->attempts.empty());
}

TEST_F(ReceiptTest, EveryAttemptHasItsOwnLogsAndRanks) {
  auto writer = Create("r");
  ASSERT_TRUE(writer);
  EXPECT_EQ(*writer->BeginAttempt(1, Run("r")), Path("r/logs"));
  BoundRun again = Run("r");
  again.ranks[0].argv.push_back({"--port=2", base::Surface::kHost, "a free port"});
  const auto logs = writer->BeginAttempt(2, again);
  ASSERT_TRUE(logs);
  EXPECT_EQ(*logs, Path("r/logs/attempt-2"));
  EXPECT_TRUE(std::filesystem::is_directory(*logs));
  EXPECT_THAT(Slurp(Path("r/ranks-2.json")), HasSubstr("--port=2"));
  EXPECT_THAT(Slurp(Path("r/ranks.json")), Not(HasSubstr("--port=2")));
  ASSERT_TRUE(writer->NoteEngineId("slurm_job", "17"));
  ASSERT_TRUE(writer->Append({0, {{"event", "start"}}}, 1));
  EXPECT_EQ(json::parse(Lines(Slurp(Path("r/events.jsonl"))).at(0))["attempt"], 2);
  auto receipt = ReadReceipt(Path("r"));
  ASSERT_TRUE(receipt);
  ASSERT_EQ(receipt->attempts.size(), 2u);
  EXPECT_EQ(receipt->attempts[1]["logs"], "logs/attempt-2");
  EXPECT_EQ(receipt->engine_ids["slurm_job"], "17");
}

TEST_F(ReceiptTest, SecretsOfEveryKindStayOut) {
  BoundRun run = Run("r");
  run.host["network"] = {{"password", "hunter2"}};
  for (const char* word : {"--wandb-api-key", "hunter2", "--auth-token=hunter2",
                           "--moe-token-dispatcher-type", "alltoall"}) {
    run.ranks[0].argv.push_back({word, base::Surface::kPolicy, "policy"});
  }
  run.ranks[0].environment.push_back(
      {"PROXY", "http://me:hunter2@proxy/", base::Surface::kHost, "launcher"});
  auto writer = ReceiptWriter::Create({"tiny", kDigest, "native", 1}, "{}", run);
  ASSERT_TRUE(writer);
  ASSERT_TRUE(writer->Append({0, {{"event", "note"}, {"text", "HF_TOKEN=hunter2"}}}, 1));
  ASSERT_TRUE(writer->KeepProof({{"environment", {{"API_KEY", "hunter2"}}}, {"digest", kDigest}}));
  EngineResult result = FailedResult();
  result.ranks[1].last_line = "login --password hunter2";
  ASSERT_TRUE(writer->Finish(result, nullptr, {{"cause", {{"secret", "hunter2"}}}}));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(Path("r"))) {
    if (!entry.is_regular_file()) continue;
    EXPECT_THAT(Slurp(entry.path()), Not(HasSubstr("hunter2"))) << entry.path();
  }
  EXPECT_THAT(Slurp(Path("r/ranks.json")), HasSubstr("alltoall"));
  EXPECT_THAT(Slurp(Path("r/proof.json")), HasSubstr(kDigest));
}

TEST_F(ReceiptTest, KeepsNothingUnderItsOwnNames) {
  auto writer = Create("r");
  ASSERT_TRUE(writer->Keep("seam_proofs.json", json::array()));
  for (const char* name : {"outcome.json", "contract.json", "../x.json", ".x.json", "x.txt", ""}) {
    EXPECT_THROW((void)writer->Keep(name, 1), std::logic_error) << name;
  }
}

TEST_F(ReceiptTest, OutcomeIsShortenedWhereThereIsNoRoom) {
  // A limit on the size of files stands for a full disk: the reserved bytes can be written.
  ForkedProcess launcher([&] {
    auto writer = Create("r");
    EngineResult result = FailedResult();
    result.ranks[0].last_line = std::string(400000, 'x');
    const rlimit limit{100000, 100000};
    ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &limit);
    return writer && writer->Finish(result, {{"last_loss", 3.5}}) ? 0 : 1;
  });
  EXPECT_EQ(launcher.Wait(), 0);
  auto receipt = ReadReceipt(Path("r"));
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->state, ReceiptState::kFailed);
  EXPECT_EQ(receipt->outcome["left_out"], json::array({"ranks"}));
  EXPECT_EQ(receipt->outcome["summary"]["last_loss"], 3.5);
}

}  // namespace
}  // namespace nam56r::launch
