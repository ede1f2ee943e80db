#include "src/launch/bind.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "src/launch/launch_testing.h"

namespace nam56r::launch {
namespace {

using ::testing::AllOf;
using ::testing::Contains;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using testing::Must;

const std::string& TinyBytes() {
  static const std::string bytes = testing::ContractBytes("nam56r-tiny.toml", "laptop.toml");
  return bytes;
}

class BindTest : public ::testing::Test {
 protected:
  BindTest() : contract_(Must(contract::Parse(TinyBytes(), "tiny.json"))) {
    options_.receipt_directory = "/runs/x";
    options_.launcher_environment = machine_.environment();
    options_.executable = machine_.path() / "nam56r";
    options_.cores = 2;
    options_.memory_bytes = std::int64_t{8} << 30;
  }

  base::Expected<BoundRun> BindTo(const std::string& host_toml) {
    const auto host = machine_.Host(host_toml);
    return Bind(contract_, &host, options_);
  }
  std::vector<std::string> Codes(const base::Expected<BoundRun>& run) {
    std::vector<std::string> codes;
    if (run) return codes;
    for (const base::Diagnostic& error : run.errors()) codes.push_back(error.code);
    return codes;
  }

  testing::FakeMachine machine_;
  contract::ReadContract contract_;
  BindOptions options_;
};

TEST_F(BindTest, EveryRankHasExactlyThisCommand) {
  const BoundRun run = Must(Bind(contract_, nullptr, options_));
  EXPECT_THAT(run.refused, IsEmpty());
  ASSERT_EQ(run.ranks.size(), 4u);
  std::set<std::string> ports;
  for (std::size_t i = 0; i < run.ranks.size(); ++i) {
    const RankCommand command = ToCommand(run.ranks[i]);
    EXPECT_EQ(command.rank, static_cast<std::int64_t>(i));
    EXPECT_THAT(command.argv,
                ElementsAre((machine_.path() / "nam56r-worker").string(), "--contract",
                            "/runs/x/contract.json", "--dataset",
                            (machine_.path() / "cache/nam56r/datasets/cxx-headers").string()));
    auto environment = command.environment;
    ports.insert(environment["MASTER_PORT"]);
    environment.erase("MASTER_PORT");
    const std::map<std::string, std::string> expected = {
        {"GLOO_SOCKET_IFNAME", "lo"},      {"LANG", "C.UTF-8"},
        {"LOCAL_RANK", std::to_string(i)}, {"LOCAL_WORLD_SIZE", "4"},
        {"MASTER_ADDR", "127.0.0.1"},      {"OMP_NUM_THREADS", "1"},
        {"OPENBLAS_NUM_THREADS", "1"},     {"PATH", "/usr/local/bin:/usr/bin:/bin"},
        {"RANK", std::to_string(i)},       {"WORLD_SIZE", "4"}};
    EXPECT_EQ(environment, expected);
  }
  ASSERT_EQ(ports.size(), 1u) << "all ranks meet at one port";
  EXPECT_GT(std::stoi(*ports.begin()), 1023);
}

TEST_F(BindTest, CheckpointsGoWhereTheHostBindsTheirNames) {
  contract_.policy.checkpoint.load = "pretrained";
  contract_.policy.checkpoint.save = "run";
  EXPECT_THAT(Codes(BindTo("[checkpoints]\nrun = \"/ckpt/run\"\n")), ElementsAre("LAUNCH0016"));
  const BoundRun run = Must(
      BindTo("[checkpoints]\nrun = \"/ckpt/run\"\npretrained = \"/ckpt/pretrained\"\n"));
  std::vector<std::string> argv = ToCommand(run.ranks.at(3)).argv;
  argv.erase(argv.begin(), argv.begin() + 5);
  EXPECT_THAT(argv, ElementsAre("--load", "/ckpt/pretrained", "--save", "/ckpt/run", "--run", "x"));
}

TEST_F(BindTest, EveryWordSaysWhereItComesFrom) {
  const BoundRun run = Must(BindTo("threads_per_rank = 3\n[network]\nmaster_port = 4321\n"));
  for (const BoundRank& rank : run.ranks) {
    for (const Token& token : rank.argv) EXPECT_NE(token.from, "") << token.text;
    for (std::size_t i = 0; i < rank.environment.size(); ++i) {
      const Variable& variable = rank.environment[i];
      EXPECT_NE(variable.from, "") << variable.name;
      if (i > 0) {
        EXPECT_LT(rank.environment[i - 1].name, variable.name) << "sorted";
      }
      if (variable.name == "MASTER_PORT") {
        EXPECT_EQ(variable.value, "4321");
        EXPECT_THAT(variable.from, HasSubstr("host.toml:5"));
      }
      if (variable.name == "MASTER_ADDR") {
        EXPECT_EQ(variable.from, "host network.master_addr (default)");
      }
      if (variable.name == "OPENBLAS_NUM_THREADS") {
        EXPECT_EQ(variable.value, "3");
      }
      if (variable.name == "WORLD_SIZE") {
        EXPECT_EQ(variable.owner, base::Surface::kPolicy);
      }
    }
  }
  EXPECT_EQ(run.host["bound"]["dataset"]["name"], "cxx-headers");
  EXPECT_EQ(run.host["machine"]["threads_per_rank"], 3);
}

TEST_F(BindTest, OnlyMachineWorkaroundsPassThrough) {
  options_.launcher_environment["OPENBLAS_CORETYPE"] = "Haswell";
  options_.launcher_environment["LD_LIBRARY_PATH"] = "/opt/lib";
  options_.launcher_environment["HF_TOKEN"] = "secret";
  const RankCommand command = ToCommand(Must(Bind(contract_, nullptr, options_)).ranks[0]);
  EXPECT_EQ(command.environment.at("OPENBLAS_CORETYPE"), "Haswell");
  EXPECT_EQ(command.environment.at("LD_LIBRARY_PATH"), "/opt/lib");
  EXPECT_FALSE(command.environment.contains("HF_TOKEN"));
  EXPECT_FALSE(command.environment.contains("HOME"));
}

TEST_F(BindTest, VariableSetInTwoPlacesIsRefused) {
  contract_.document["fixed_policy"]["environment"] = {{"value", {{"RANK", "9"}}},
                                                       {"argv", nlohmann::json::array()},
                                                       {"environment", {{"RANK", "9"}}}};
  const auto run = Bind(contract_, nullptr, options_);
  ASSERT_THAT(Codes(run), ElementsAre("LAUNCH0007"));
  EXPECT_EQ(run.errors()[0].message, "RANK is set in two places: launch and policy environment");
  EXPECT_EQ(run.errors()[0].surface, base::Surface::kPolicy);
  EXPECT_EQ(run.errors()[0].where.size(), 2u);
}

TEST_F(BindTest, EnvironmentOfThePolicyReachesTheRanks) {
  contract_.document["fixed_policy"]["environment"] = {{"value", {{"GLOO_X", "1"}}},
                                                       {"argv", nlohmann::json::array()},
                                                       {"environment", {{"GLOO_X", "1"}}}};
  const RankCommand command = ToCommand(Must(Bind(contract_, nullptr, options_)).ranks[3]);
  EXPECT_EQ(command.environment.at("GLOO_X"), "1");
}

TEST_F(BindTest, UnboundDatasetNamesTheWayOut) {
  std::filesystem::remove(machine_.path() / "cache/nam56r/datasets/cxx-headers.idx");
  const auto run = BindTo("[datasets]\nclang = \"/data/clang\"\n");
  ASSERT_THAT(Codes(run), ElementsAre("LAUNCH0004"));
  EXPECT_EQ(run.errors()[0].surface, base::Surface::kHost);
  EXPECT_THAT(run.errors()[0].message, HasSubstr("'cxx-headers'"));
  EXPECT_THAT(run.errors()[0].valid, ElementsAre("clang"));
  EXPECT_THAT(run.errors()[0].fix, HasSubstr("nam56r data build cxx-headers"));
}

TEST_F(BindTest, BoundDatasetMustExist) {
  const auto run = BindTo("[datasets]\ncxx-headers = \"/nowhere/text\"\n");
  ASSERT_THAT(Codes(run), ElementsAre("LAUNCH0004"));
  EXPECT_THAT(run.errors()[0].message,
              AllOf(HasSubstr("/nowhere/text.bin"), HasSubstr("/nowhere/text.idx")));
  EXPECT_EQ(run.errors()[0].where[0].at.line, 4);
}

TEST_F(BindTest, MissingWorkerIsRefused) {
  options_.executable = "/nowhere/nam56r";
  EXPECT_THAT(Codes(Bind(contract_, nullptr, options_)), ElementsAre("LAUNCH0001"));
  EXPECT_THAT(Codes(BindTo("[paths]\nworker = \"/nowhere/worker\"\n")), ElementsAre("LAUNCH0001"));
  const std::string worker = (machine_.path() / "nam56r-worker").string();
  EXPECT_TRUE(BindTo(fmt::format("[paths]\nworker = \"{}\"\n", worker)));
  std::filesystem::permissions(worker, std::filesystem::perms::owner_read);
  EXPECT_THAT(Codes(BindTo(fmt::format("[paths]\nworker = \"{}\"\n", worker))),
              ElementsAre("LAUNCH0001"));
}

TEST_F(BindTest, EverythingWrongIsToldAtOnce) {
  options_.executable = "/nowhere/nam56r";
  options_.launcher_environment.clear();
  options_.memory_bytes = 1 << 20;
  contract_.policy.layout.world_size = 32;
  const auto codes = Codes(BindTo("[network]\nmaster_addr = \"192.0.2.1\"\n"));
  EXPECT_THAT(codes,
              ElementsAre("LAUNCH0005", "LAUNCH0006", "LAUNCH0001", "LAUNCH0009", "LAUNCH0012"));
}

TEST_F(BindTest, CacheRootIsTheFirstThatIsSet) {
  host::Host host;
  EXPECT_EQ(Must(CacheRoot(host, {{"HOME", "/h"}})), "/h/.cache/nam56r");
  EXPECT_EQ(Must(CacheRoot(host, {{"HOME", "/h"}, {"XDG_CACHE_HOME", "/x"}})), "/x/nam56r");
  EXPECT_EQ(Must(CacheRoot(host, {{"HOME", "/h"}, {"XDG_CACHE_HOME", "relative"}})),
            "/h/.cache/nam56r");
  host.paths.cache_root = "/c";
  EXPECT_EQ(Must(CacheRoot(host, {})), "/c");
  EXPECT_FALSE(CacheRoot(host::Host(), {}));
}

class BindMegatronTest : public BindTest {
 protected:
  BindMegatronTest() {
    contract_ =
        Must(contract::Parse(testing::ContractBytes("nam56r.toml", "h200x8-bf16.toml"), "x.json"));
  }
};

TEST_F(BindMegatronTest, DryRunShowsTheJoinedCommandAndIsNotLaunched) {
  const BoundRun run =
      Must(BindTo("[paths]\npython = \"/venv/bin/python\"\nmegatron = \"/src/Megatron-LM\"\n"
                  "tokenizer_model = \"/data/tokenizer\"\ncache_root = \"/cache\"\n"));
  ASSERT_EQ(run.ranks.size(), 1u);
  const RankCommand command = ToCommand(run.ranks[0]);
  EXPECT_EQ(command.argv[0], "/venv/bin/python");
  EXPECT_EQ(command.argv[1], "-m");
  EXPECT_EQ(command.argv[2], "torch.distributed.run");
  EXPECT_THAT(command.argv, Contains("/src/Megatron-LM/pretrain_hybrid.py"));
  EXPECT_THAT(command.argv, Contains("--hidden-size"));
  EXPECT_THAT(command.argv, Contains("--micro-batch-size"));
  std::set<base::Surface> owners;
  for (const Token& token : run.ranks[0].argv) {
    owners.insert(token.owner);
    EXPECT_NE(token.from, "") << token.text;
  }
  EXPECT_EQ(owners.size(), 3u) << "plan, policy and host each decided something";
  ASSERT_FALSE(run.refused.empty());
  EXPECT_EQ(run.refused[0].code, "LAUNCH0008");
  EXPECT_THAT(run.refused[0].valid, ElementsAre("native"));
}

TEST_F(BindMegatronTest, WhatTheHostDoesNotSayIsAPlaceholderAndAReason) {
  const BoundRun run = Must(Bind(contract_, nullptr, options_));
  EXPECT_EQ(run.ranks[0].argv[0].text, "<host paths.python>");
  std::vector<std::string> fields;
  for (const base::Diagnostic& reason : run.refused) {
    fields.insert(fields.end(), reason.fields.begin(), reason.fields.end());
  }
  EXPECT_THAT(fields, Contains("paths.python"));
  EXPECT_THAT(fields, Contains("paths.megatron"));
}

const Variable* FindVariable(const BoundRun& run, const std::string& name) {
  for (const Variable& variable : run.ranks.at(0).environment) {
    if (variable.name == name) return &variable;
  }
  return nullptr;
}

std::vector<std::string> RefusedCodes(const BoundRun& run) {
  std::vector<std::string> codes;
  for (const base::Diagnostic& reason : run.refused) codes.push_back(reason.code);
  return codes;
}

TEST_F(BindMegatronTest, CachesLieWhereTheirLifetimeSays) {
  contract_.policy.caches = {};
  contract_.policy.caches.triton = "run";
  contract_.policy.caches.tilelang = "contract";
  const BoundRun run = Must(BindTo("[paths]\ncache_root = \"/cache\"\n"));
  EXPECT_EQ(FindVariable(run, "TRITON_CACHE_DIR")->value, "/runs/x/cache/triton");
  EXPECT_EQ(
      FindVariable(run, "TILELANG_CACHE_DIR")->value,
      "/cache/contracts/" + contract_.digest.substr(contract_.digest.find(':') + 1) + "/tilelang");
  EXPECT_EQ(FindVariable(run, "TORCHINDUCTOR_CACHE_DIR"), nullptr);
  EXPECT_THAT(RefusedCodes(run), Not(Contains("LAUNCH0013")));
}

TEST_F(BindMegatronTest, AHostCacheIsNamedAfterItsKey) {
  const std::string host =
      "gpu_architecture = \"sm_90\"\n[paths]\ncache_root = \"/cache\"\n"
      "[versions]\ntriton = \"3.5.0\"\ntorch = \"";
  contract_.policy.caches = {};
  contract_.policy.caches.triton = "host";
  const auto directory = [&](const std::string& text) {
    const BoundRun run = Must(BindTo(text));
    EXPECT_THAT(RefusedCodes(run), Not(Contains("LAUNCH0013")));
    return FindVariable(run, "TRITON_CACHE_DIR")->value;
  };
  const std::string first = directory(host + "2.9.0\"\n");
  EXPECT_THAT(first,
              ::testing::MatchesRegex("/cache/triton/megatron@0.19-attention28-mamba112-sm_90-"
                                      "libraries[0-9a-f]{12}"));
  EXPECT_EQ(directory(host + "2.9.0\"\n"), first);
  std::set<std::string> all = {first, directory(host + "2.9.1\"\n")};
  contract_.recipe.model.num_attention_heads = 32;
  all.insert(directory(host + "2.9.0\"\n"));
  contract_.dialect = "megatron@0.18";
  all.insert(directory(host + "2.9.0\"\n"));
  EXPECT_EQ(all.size(), 4u) << "another configuration has another directory";
  contract_.policy.caches.key = {"mamba_heads"};
  EXPECT_EQ(directory(host + "2.9.0\"\n"), "/cache/triton/mamba112");
}

TEST_F(BindMegatronTest, AHostThatCannotNameItsCachesIsRefused) {
  contract_.policy.caches = {};
  contract_.policy.caches.triton = "host";
  contract_.policy.caches.inductor = "host";
  const BoundRun run = Must(BindTo("[paths]\ncache_root = \"/cache\"\n"));
  std::vector<std::string> fields;
  for (const base::Diagnostic& reason : run.refused) {
    if (reason.code == "LAUNCH0013") fields.push_back(reason.fields.at(1));
  }
  EXPECT_THAT(fields, ElementsAre("machine.gpu_architecture", "versions")) << "each once";
  EXPECT_THAT(FindVariable(run, "TRITON_CACHE_DIR")->value, HasSubstr("/cache/triton/<"));
}

TEST_F(BindMegatronTest, WhatTheBootstrapSetsTravelsAsOneVariable) {
  EXPECT_EQ(FindVariable(Must(Bind(contract_, nullptr, options_)), "NAM56R_BOOTSTRAP_ENVIRONMENT"),
            nullptr);
  contract_.policy.bootstrap_environment = {{"NVTE_DEBUG", "1"}, {"MY_SWITCH", "a \"b\""}};
  const BoundRun run = Must(Bind(contract_, nullptr, options_));
  const Variable* variable = FindVariable(run, "NAM56R_BOOTSTRAP_ENVIRONMENT");
  ASSERT_NE(variable, nullptr);
  EXPECT_EQ(variable->value, R"({"MY_SWITCH":"a \"b\"","NVTE_DEBUG":"1"})");
  EXPECT_EQ(variable->owner, base::Surface::kPolicy);
  EXPECT_EQ(FindVariable(run, "NVTE_DEBUG"), nullptr);
  EXPECT_THAT(RefusedCodes(run), Contains("LAUNCH0014"));
}

TEST_F(BindMegatronTest, SettingsOfSeamsReachTheRanks) {
  auto& seams = contract_.document["seams"];
  ASSERT_GE(seams.size(), 2u);
  seams[0]["settings"] = {{"NAM56R_M2RNN_KEY_HEAD_DIM", "64"}};
  seams[1]["settings"] = {{"NAM56R_M2RNN_KEY_HEAD_DIM", "64"}, {"NAM56R_MAMBA_MIMO_RANK", "4"}};
  BoundRun run = Must(Bind(contract_, nullptr, options_));
  ASSERT_NE(FindVariable(run, "NAM56R_M2RNN_KEY_HEAD_DIM"), nullptr);
  EXPECT_EQ(FindVariable(run, "NAM56R_M2RNN_KEY_HEAD_DIM")->owner, base::Surface::kSeam);
  EXPECT_EQ(FindVariable(run, "NAM56R_MAMBA_MIMO_RANK")->value, "4");
  seams[1]["recorded_only"] = true;
  run = Must(Bind(contract_, nullptr, options_));
  EXPECT_EQ(FindVariable(run, "NAM56R_MAMBA_MIMO_RANK"), nullptr);
  seams[1]["recorded_only"] = false;
  seams[1]["settings"]["NAM56R_M2RNN_KEY_HEAD_DIM"] = "32";
  EXPECT_THAT(Codes(Bind(contract_, nullptr, options_)), ElementsAre("LAUNCH0007"));
}

// Whoever sets one of these in a policy is told that launch does.
TEST_F(BindMegatronTest, WhatLaunchOwnsItSets) {
  const BoundRun run = Must(BindTo("threads_per_rank = 3\n[network]\ninterface = \"eth1\"\n"));
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"OMP_NUM_THREADS", "3"},
                                          {"OPENBLAS_NUM_THREADS", "3"},
                                          {"GLOO_SOCKET_IFNAME", "eth1"}}) {
    ASSERT_NE(FindVariable(run, name), nullptr) << name;
    EXPECT_EQ(FindVariable(run, name)->value, value);
  }
  EXPECT_EQ(FindVariable(Must(BindTo("nodes = 2\n")), "GLOO_SOCKET_IFNAME"), nullptr)
      << "the loopback reaches no other node";
}

TEST_F(BindMegatronTest, SettingsOfAnotherTypeAreRefused) {
  for (const nlohmann::json& settings : {nlohmann::json({{"NAM56R_M2RNN_KEY_HEAD_DIM", 64}}),
                                         nlohmann::json("text"), nlohmann::json()}) {
    contract_.document["seams"][0]["settings"] = settings;
    EXPECT_THAT(RefusedCodes(Must(Bind(contract_, nullptr, options_))), Contains("LAUNCH0015"))
        << settings;
    contract_.document["seams"][0]["recorded_only"] = "no";
    EXPECT_THAT(RefusedCodes(Must(Bind(contract_, nullptr, options_))), Contains("LAUNCH0015"));
  }
}

TEST_F(BindMegatronTest, VariablesForOtherGpusAreRefused) {
  contract_.policy.environment["CPPMEGA_ALLOW_TE_MXFP8_SM12"] = "1";
  EXPECT_THAT(RefusedCodes(Must(BindTo("gpu_architecture = \"sm_90\"\n"))), Contains("POLICY0105"));
  EXPECT_THAT(RefusedCodes(Must(BindTo("gpu_architecture = \"sm_121\"\n"))),
              Not(Contains("POLICY0105")));
  EXPECT_THAT(RefusedCodes(Must(BindTo(""))), Not(Contains("POLICY0105"))) << "not known";
}

}  // namespace
}  // namespace nam56r::launch
