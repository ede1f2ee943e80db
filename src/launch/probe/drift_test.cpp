#include "src/launch/probe/drift.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "src/launch/launch_testing.h"
#include "src/launch/probe/probe_testing.h"
#include "src/launch/receipt.h"

namespace nam56r::launch::probe {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using testing::FakeWorld;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ProbeReport Report(const json& facts) {
  ProbeReport report;
  for (const auto& [item, value] : facts.items()) {
    ProbeItem entry;
    entry.item = item;
    if (value.is_string()) {  // "skipped", "failed"
      entry.status = value == "failed" ? ItemStatus::kFailed : ItemStatus::kSkipped;
      entry.why = "a reason";
    } else {
      entry.facts = value;
    }
    report.items.push_back(std::move(entry));
  }
  return report;
}

struct Case {
  const char* name;
  json before;
  json now;
  std::vector<std::string> accepted;
  std::vector<std::string> fields;  ///< that drifted
  std::vector<std::string> codes;
};

const json kNccl = {{"library", {{"nccl", {{"version", "2.27.3"}, {"digest", "sha256:a"}}}}}};
const json kOther = {{"library", {{"nccl", {{"version", "2.21.5"}, {"digest", "sha256:b"}}}}}};

TEST(Drift, Table) {
  const std::vector<std::string> both = {"library.nccl.digest", "library.nccl.version"};
  const json gpu = {
      {"gpu", {{"driver", "570"}, {"device", {{{"name", "H200"}}, {{"name", "H200"}}}}}}};
  json less = gpu;
  less["gpu"]["device"].erase(1);
  json undone = kNccl;
  undone["library"]["nccl"].erase("digest");
  const std::vector<Case> cases = {
      {"the same", kNccl, kNccl, {}, {}, {}},
      {"another library", kNccl, kOther, {}, both, {"PROBE0010"}},
      {"accepted by its group", kNccl, kOther, {"library.nccl"}, both, {}},
      {"accepted whole", kNccl, kOther, {"library"}, both, {}},
      {"accepted in part", kNccl, kOther, {"library.nccl.version"}, both, {"PROBE0010"}},
      {"a beginning that is no part",
       kNccl,
       kOther,
       {"library.nc"},
       both,
       {"PROBE0010", "PROBE0011"}},
      {"misspelt", kNccl, kOther, {"libary.nccl"}, both, {"PROBE0010", "PROBE0011"}},
      {"empty name", kNccl, kNccl, {""}, {}, {"PROBE0011"}},
      {"volatile name",
       {{"system", {{"clock", "1"}}}},
       {{"system", {{"clock", "2"}}}},
       {"system.clock"},
       {},
       {"PROBE0011"}},
      {"a known name that did not drift", kNccl, kNccl, {"library.nccl"}, {}, {}},
      {"a GPU less", gpu, less, {}, {"gpu.device.1.name"}, {"PROBE0010"}},
      {"gone: skipped now", kNccl, {{"library", "skipped"}}, {}, both, {"PROBE0010"}},
      {"come: skipped before", {{"library", "skipped"}}, kNccl, {}, both, {"PROBE0010"}},
      {"not seen now", kNccl, {{"library", "failed"}}, {}, {}, {}},
      {"a digest not done", undone, kNccl, {}, {}, {}},
      {"a digest not done now", kNccl, undone, {}, {}, {}},
      {"type",
       {{"cpu", {{"cores", 8}}}},
       {{"cpu", {{"cores", "8"}}}},
       {},
       {"cpu.cores"},
       {"PROBE0010"}},
      {"interfaces",
       {{"interface", {{"veth1", {{"state", "up"}}}}}},
       {{"interface", json::object()}},
       {},
       {},
       {}},
  };
  for (const Case& one : cases) {
    const DriftReport drift = Drift(Report(one.before), Report(one.now), one.accepted, "run-1");
    EXPECT_TRUE(drift.compared);
    std::vector<std::string> fields;
    for (const DriftField& field : drift.fields) fields.push_back(field.name);
    std::vector<std::string> codes;
    for (const base::Diagnostic& error : drift.errors) codes.push_back(error.code);
    EXPECT_EQ(fields, one.fields) << one.name;
    EXPECT_EQ(codes, one.codes) << one.name;
  }
}

TEST(Drift, IsShownWithBothSidesAndTheWayOut) {
  const DriftReport drift = Drift(Report(kNccl), Report(kOther), {}, "run-1");
  ASSERT_EQ(drift.errors.size(), 1u);
  const base::Diagnostic& error = drift.errors[0];
  EXPECT_THAT(error.message, HasSubstr("library.nccl is not what it was in the last good run"));
  EXPECT_THAT(error.notes, ::testing::Contains("library.nccl.version: 2.27.3 -> 2.21.5"));
  EXPECT_THAT(error.fix, HasSubstr("--accept-drift library.nccl"));
  EXPECT_EQ(error.surface, base::Surface::kHost);

  const DriftReport misspelt = Drift(Report(kNccl), Report(kNccl), {"library.ncl"});
  ASSERT_EQ(misspelt.errors.size(), 1u);
  EXPECT_THAT(misspelt.errors[0].message, HasSubstr("did you mean 'library.nccl'?"));
  EXPECT_THAT(misspelt.errors[0].valid, ElementsAre("library.nccl"));

  EXPECT_THAT(Drift(Report(kNccl), Report({{"library", "failed"}}), {}).not_compared,
              ElementsAre("library: a reason now"));
}

TEST(Drift, OfWhatIsNoProbeSaysSo) {
  for (const json& before : {json(), json("x"), json::object(), json::array({1})}) {
    const DriftReport drift = Drift(before, Report(kNccl), {"library.nccl"});
    EXPECT_FALSE(drift.compared);
    EXPECT_FALSE(drift.why.empty());
    EXPECT_THAT(drift.errors, IsEmpty());
  }
}

/// Whole machines: one where the ranks meet, one that reaches another.
class Whole : public ::testing::Test {
 protected:
  Whole() { testing::InstallMegatron(*world_); }

  ProbeReport Run(const std::string& master) {
    const auto contract = launch::testing::Must(contract::Parse(
        launch::testing::ContractBytes("nam56r.toml", "h200x8-bf16.toml"), "contract.json"));
    base::Loaded<host::Host> host;
    host.value.machine.gpus_per_node = 8;
    host.value.paths.python = "/venv/bin/python";
    host.value.paths.megatron = "/megatron";
    host.value.paths.cache_root = "/cache";
    host.value.network.master_addr = master;
    host.value.network.master_port = 29500;
    ProbeRequest request;
    request.host = &host;
    request.contract = &contract;
    request.launcher_environment = {{"HOME", "/home/u"}, {"PATH", "/usr/bin"}};
    request.world = world_;
    for (const CacheFile& cache : caches_) world_->File(cache.path, cache.bytes);
    ProbeReport report = Probe(request);
    if (caches_.empty()) {
      for (const auto& [name, facts] : report.Facts("cache").items()) {
        caches_.push_back(
            {TextAt(facts, "directory") + "/.nam56r-cache-key", TextAt(facts, "key")});
      }
      return Run(master);
    }
    return report;
  }

  struct CacheFile {
    std::string path;
    std::string bytes;
  };
  std::vector<CacheFile> caches_;
  std::shared_ptr<FakeWorld> world_ = std::make_shared<FakeWorld>();
};

TEST_F(Whole, DoesNotDriftFromItself) {
  const ProbeReport report = Run("10.0.0.7");
  const DriftReport drift = Drift(ToJson(report), report, {});
  EXPECT_TRUE(drift.compared);
  EXPECT_THAT(drift.fields, IsEmpty());
  EXPECT_THAT(drift.errors, IsEmpty());
  EXPECT_THAT(drift.not_compared, IsEmpty());
}

// A list of names that stand for nothing would hide nothing, and look as if it did.
TEST_F(Whole, EveryVolatileFieldExists) {
  std::set<std::string> names;
  for (const char* master : {"10.0.0.7", "10.0.0.99"}) {
    for (const ProbeItem& item : Run(master).items) {
      for (const auto& [name, value] : Flatten(item.item, item.facts)) names.insert(name);
    }
  }
  for (const VolatileField& field : VolatileFields()) {
    const bool exists = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      const VolatileField* found = FindVolatile(name);
      return found != nullptr && found->pattern == field.pattern;
    });
    EXPECT_TRUE(exists) << field.pattern;
    EXPECT_FALSE(field.why.empty()) << field.pattern;
  }
  for (const char* counts : {"gpu.driver", "gpu.device.0.name", "library.nccl.digest",
                             "megatron.commit", "python.modules.torch.version"}) {
    EXPECT_TRUE(names.contains(counts)) << counts;
    EXPECT_EQ(FindVolatile(counts), nullptr) << counts;
  }
}

// What other processes and another time make of a machine is no drift; another driver is.
TEST_F(Whole, OnlyWhatMattersCounts) {
  const ProbeReport before = Run("10.0.0.7");
  world_->now += 86'400;
  world_->File("/proc/sys/kernel/hostname", "node8\n");
  world_->File("/proc/sys/kernel/random/boot_id", "aaaa\n");
  world_->space["/dev/shm"] = {std::int64_t{1} << 40, 7};
  for (Gpu& gpu : world_->gpus.gpus) {
    gpu.uuid += "x";
    gpu.memory_used = 12345;
    gpu.processes.push_back({4712, 12345});
    gpu.clock_limits.emplace_back("sw_power_cap");
  }
  world_->addresses.push_back({"veth9", "172.17.0.1"});
  EXPECT_THAT(Drift(before, Run("10.0.0.7"), {}).fields, IsEmpty());

  world_->gpus.driver = "580.159.04";
  world_->File("/venv/lib/python3.12/site-packages/torch-2.9.0+cu128.dist-info/RECORD", "y\n");
  world_->File("/megatron/.git/packed-refs", "4567 refs/heads/main\n");
  std::vector<std::string> names;
  for (const DriftField& field : Drift(before, Run("10.0.0.7"), {}).fields) {
    names.push_back(field.name);
  }
  EXPECT_THAT(names, ElementsAre("gpu.driver", "megatron.commit", "python.modules.torch.digest"));
}

TEST(LastGood, IsTheNewestThatSucceededAndKeptItsProbe) {
  base::TemporaryDirectory runs;
  const auto add = [&](const char* id, const char* digest, const char* name, const char* status,
                       bool proof) {
    const auto folder = runs.path() / id;
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "receipt.json")
        << json{{"format", kReceiptFormat}, {"name", name},  {"digest", digest},
                {"dialect", "native"},      {"started", id}, {"world_size", 1}};
    std::ofstream(folder / "outcome.json") << json{{"status", status}};
    if (proof) std::ofstream(folder / "proof.json") << json{{"probe", ToJson(Report(kNccl))}};
  };
  EXPECT_FALSE(FindLastGood(runs.path() / "none", "d1", "n"));
  add("2026-01", "d1", "n", "succeeded", true);
  add("2026-02", "d1", "n", "succeeded", true);
  add("2026-03", "d1", "n", "failed", true);
  add("2026-04", "d1", "n", "succeeded", false);
  add("2026-05", "d2", "n", "succeeded", true);
  add("2026-06", "d3", "m", "succeeded", true);
  EXPECT_EQ(FindLastGood(runs.path(), "d1", "n")->id, "2026-02");
  EXPECT_TRUE(FindLastGood(runs.path(), "d1", "n")->same_contract);
  EXPECT_EQ(FindLastGood(runs.path(), "d9", "n")->id, "2026-05") << "the same name";
  EXPECT_FALSE(FindLastGood(runs.path(), "d9", "n")->same_contract);
  EXPECT_FALSE(FindLastGood(runs.path(), "d9", "x"));
  std::ofstream(runs.path() / "2026-02/proof.json") << "{";
  EXPECT_EQ(FindLastGood(runs.path(), "d1", "n")->id, "2026-01") << "a broken file is none";
}

}  // namespace
}  // namespace nam56r::launch::probe
