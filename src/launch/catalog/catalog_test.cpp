#include "src/launch/catalog/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/launch/catalog/sqlite.h"
#include "src/launch/launch_testing.h"
#include "src/launch/receipt.h"
#include "src/launch/run.h"
#include "src/launch/run_summary.h"

namespace nam56r::launch::catalog {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::ElementsAre;
using testing::ForkedProcess;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::Slurp;
using ::testing::UnorderedElementsAre;

constexpr const char* kDigest =
    "sha256:3fa94c1b20d7aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

class CatalogTest : public ::testing::Test {
 protected:
  struct Made {
    std::string name;
    std::string contract = "{}";
    std::string engine = "local";
    std::string started = {};
    Outcome outcome = Outcome::kSucceeded;
    json summary = nullptr;
    json extra = json::object();
    bool finish = true;
  };
  void Make(const Made& made) {
    BoundRun run;
    run.receipt_directory = Runs() / made.name;
    run.host = {{"machine", {{"name", "laptop"}, {"gpu", ""}}}};
    auto writer =
        ReceiptWriter::Create({made.name, kDigest, "native", 2, made.engine}, made.contract, run);
    ASSERT_TRUE(writer);
    if (!made.started.empty()) {
      json head = json::parse(Slurp(Runs() / made.name / "receipt.json"));
      head["started"] = made.started;
      std::ofstream(Runs() / made.name / "receipt.json") << head;
    }
    EngineResult result;
    result.outcome = made.outcome;
    result.seconds = 1.5;
    if (made.finish) {
      ASSERT_TRUE(writer->Finish(result, made.summary, made.extra));
    }
    if (made.finish && !made.started.empty()) {  // Finish wrote the head again
      json head = json::parse(Slurp(Runs() / made.name / "receipt.json"));
      head["started"] = made.started;
      std::ofstream(Runs() / made.name / "receipt.json") << head;
    }
  }
  fs::path Runs() const { return directory_.path() / "runs"; }
  fs::path File() const { return Runs() / kFileName; }

  std::vector<Entry> Entries(const Query& query = {}) {
    auto catalog = Catalog::Open(Runs());
    EXPECT_TRUE(catalog);
    notes_ = catalog->notes();
    auto refreshed = catalog->Refresh();
    EXPECT_TRUE(refreshed);
    unreadable_ = refreshed->unreadable;
    auto entries = catalog->Find(query);
    EXPECT_TRUE(entries) << (entries ? "" : entries.errors()[0].message);
    return entries ? *entries : std::vector<Entry>{};
  }
  std::vector<std::string> Names(const Query& query = {}) {
    std::vector<std::string> names;
    for (const Entry& entry : Entries(query)) names.push_back(entry["run"]);
    return names;
  }

  testing::TemporaryDirectory directory_;
  base::Diagnostics notes_;
  base::Diagnostics unreadable_;
};

TEST_F(CatalogTest, HasWhatTheReceiptSays) {
  Make({.name = "r",
        .contract = testing::ContractBytes("nam56r-tiny.toml", "laptop.toml"),
        .engine = "slurm",
        .outcome = Outcome::kFailed,
        .summary = {{"steps", 300}, {"last_loss", "NaN"}, {"tokens_per_second", 41000.5}},
        .extra = {{"ending", "hang"}, {"cause", {{"class", "host"}, {"code", "WHY1101"}}}}});
  const auto entries = Entries();
  ASSERT_THAT(entries, SizeIs(1));
  const Entry& entry = entries[0];
  const json wanted = {{"run", "r"},
                       {"digest", kDigest},
                       {"engine", "slurm"},
                       {"backend", "native"},
                       {"world", 2},
                       {"state", "failed"},
                       {"ending", "hang"},
                       {"cause_class", "host"},
                       {"cause_code", "WHY1101"},
                       {"seconds", 1.5},
                       {"steps", 300},
                       {"last_loss", "NaN"},
                       {"first_loss", nullptr},
                       {"tokens_per_second", 41000.5},
                       {"host", "laptop"},
                       {"gpus", 0}};
  for (const auto& [key, value] : wanted.items()) EXPECT_EQ(entry.at(key), value) << key;
  for (const char* key : {"recipe_digest", "policy_digest", "loss_key", "speed_key"}) {
    EXPECT_TRUE(entry.at(key).is_string()) << key;
  }
  EXPECT_EQ(fs::status(File()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(CatalogTest, IsACacheThatFollowsTheReceipts) {
  EXPECT_THAT(Names(), IsEmpty());
  EXPECT_FALSE(fs::exists(Runs())) << "looking makes nothing";
  Make({.name = "a"});
  Make({.name = "b", .finish = false});
  fs::create_directory(Runs() / "notes");
  fs::create_directory(Runs() / "broken");
  std::ofstream(Runs() / "broken/receipt.json") << "{";
  EXPECT_THAT(Names(), UnorderedElementsAre("a", "b"));
  EXPECT_THAT(unreadable_, SizeIs(1));
  // A run that had not ended is looked at again; one that had is when its files changed.
  Query failed{.states = {"failed"}};
  EXPECT_THAT(Names(failed), IsEmpty());
  for (const char* run : {"a", "b"}) {
    std::ofstream(Runs() / run / "outcome.json") << R"({"status":"failed"})";
  }
  EXPECT_THAT(Names(failed), UnorderedElementsAre("a", "b"));
  fs::remove_all(Runs() / "a");
  EXPECT_THAT(Names(), ElementsAre("b"));
  fs::remove(File());
  EXPECT_THAT(Names(), ElementsAre("b")) << "the file is not needed";
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(CatalogTest, ADamagedFileIsSetAsideAndMadeAgain) {
  Make({.name = "a"});
  const auto damage = [&](const std::string& bytes) {
    std::ofstream(File(), std::ios::binary) << bytes;
    EXPECT_THAT(Names(), ElementsAre("a"));
    ASSERT_THAT(notes_, SizeIs(1));
    EXPECT_EQ(notes_[0].code, "RUNS0005");
    EXPECT_THAT(Names(), ElementsAre("a"));
    EXPECT_THAT(notes_, IsEmpty()) << "it is whole again";
  };
  damage(std::string(8192, 'x'));
  std::string half = Slurp(File());
  half.resize(half.size() / 2 + 100);
  damage(half);
  EXPECT_TRUE(fs::exists(File().string() + ".damaged-1"));
  EXPECT_TRUE(fs::exists(File().string() + ".damaged-2"));
}

TEST_F(CatalogTest, SchemasOfOtherVersions) {
  Make({.name = "a"});
  EXPECT_THAT(Names(), ElementsAre("a"));
  {  // As the first version of the schema left it.
    Database database(File());
    database.Execute("DROP INDEX runs_by_start");
    database.Execute("DROP INDEX runs_by_digest");
    database.Execute("PRAGMA user_version = 1");
  }
  EXPECT_THAT(Names(), ElementsAre("a"));
  {
    Database database(File());
    EXPECT_EQ(database.Number("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name "
                              "LIKE 'runs_by_%'"),
              2);
    database.Execute("PRAGMA user_version = 99");
  }
  const std::string before = Slurp(File());
  EXPECT_THAT(Names(), ElementsAre("a"));
  ASSERT_THAT(notes_, SizeIs(1));
  EXPECT_EQ(notes_[0].code, "RUNS0005");
  EXPECT_EQ(Slurp(File()), before) << "a later version's file is not touched";
}

TEST_F(CatalogTest, LaunchersWriteAtOnceAndMayBeKilled) {
  constexpr int kLaunchers = 8;
  fs::create_directories(Runs());
  std::vector<std::unique_ptr<ForkedProcess>> launchers;
  for (int i = 0; i < kLaunchers; ++i) {
    launchers.push_back(std::make_unique<ForkedProcess>([&, i] {
      for (int run = 0; run < 4; ++run) {
        const std::string name = fmt::format("{}-{}", i, run);
        Make({.name = name});
        if (!Record(Runs() / name)) return 1;
      }
      return 0;
    }));
  }
  launchers[0]->Signal(SIGKILL);
  launchers[0]->Wait();
  for (int i = 1; i < kLaunchers; ++i) EXPECT_EQ(launchers[static_cast<std::size_t>(i)]->Wait(), 0);
  EXPECT_GE(Names().size(), 4u * (kLaunchers - 1));
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(CatalogTest, FiltersAndOrders) {
  Make({.name = "a", .started = "2026-08-01T10:00:00Z", .summary = {{"last_loss", 3.0}}});
  Make({.name = "b",
        .engine = "slurm",
        .started = "2026-08-02T23:59:59Z",
        .outcome = Outcome::kFailed,
        .summary = {{"last_loss", "NaN"}},
        .extra = {{"cause", {{"class", "policy"}}}}});
  Make({.name = "c", .started = "2026-08-03T00:00:00Z", .summary = {{"last_loss", 2.0}}});
  Make({.name = "d", .started = "2026-08-04T00:00:00Z"});
  using List = std::vector<std::string>;
  const std::vector<std::pair<Query, List>> cases = {
      {{}, {"d", "c", "b", "a"}},
      {{.reverse = true}, {"a", "b", "c", "d"}},
      {{.limit = 2}, {"d", "c"}},
      {{.states = {"failed"}}, {"b"}},
      {{.states = {"failed", "succeeded"}, .limit = 3}, {"d", "c", "b"}},
      {{.name = "c"}, {"c"}},
      {{.name = "%"}, {}},
      {{.digest = "3fa94c"}, {"d", "c", "b", "a"}},
      {{.digest = "sha256:3fa94d"}, {}},
      {{.cause_class = "policy"}, {"b"}},
      {{.since = "2026-08-02", .until = "2026-08-02"}, {"b"}},
      {{.since = "2026-08-03T00:00:00Z"}, {"d", "c"}},
      {{.since = "1s"}, {}},
      {{.engine = "slurm"}, {"b"}},
      {{.backend = "megatron"}, {}},
      {{.sort = "loss"}, {"c", "a", "b", "d"}},
      {{.sort = "loss", .reverse = true}, {"a", "c", "b", "d"}},
      {{.sort = "name"}, {"a", "b", "c", "d"}},
  };
  for (const auto& [query, names] : cases) {
    EXPECT_EQ(Names(query), names) << query.sort << query.since << query.name;
  }
}

TEST_F(CatalogTest, WordsThatAreNoneAreRefusedWithTheNearest) {
  auto catalog = Catalog::Open(Runs());
  ASSERT_TRUE(catalog);
  const std::vector<std::tuple<Query, std::string, std::string>> cases = {
      {{.states = {"suceeded"}}, "RUNS0003", "succeeded"},
      {{.engine = "slrum"}, "RUNS0003", "slurm"},
      {{.backend = "'; DROP TABLE runs"}, "RUNS0003", ""},
      {{.sort = "last_loss; --"}, "RUNS0003", ""},
      {{.since = "yesterday"}, "RUNS0004", ""},
      {{.until = "2026-8-1"}, "RUNS0004", ""},
      {{.since = "99999999999999999999d"}, "RUNS0004", ""},
  };
  for (const auto& [query, code, nearest] : cases) {
    auto entries = catalog->Find(query);
    ASSERT_FALSE(entries);
    EXPECT_EQ(entries.errors()[0].code, code);
    EXPECT_THAT(entries.errors()[0].fix, ::testing::HasSubstr(nearest));
  }
}

}  // namespace
}  // namespace nam56r::launch::catalog
