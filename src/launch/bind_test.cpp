#include "src/launch/bind.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "src/launch/engine_name.h"
#include "src/launch/launch_testing.h"

namespace nam56r::launch {
namespace {

using ::testing::AllOf;
using ::testing::Contains;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

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
  const BoundRun run =
      Must(BindTo("[checkpoints]\nrun = \"/ckpt/run\"\npretrained = \"/ckpt/pretrained\"\n"));
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

std::vector<std::string> RefusedCodes(const BoundRun& run) {
  std::vector<std::string> codes;
  for (const base::Diagnostic& reason : run.refused) codes.push_back(reason.code);
  return codes;
}

// All that a Megatron run asks a host for, as files that are there.
class MegatronHost {
 public:
  explicit MegatronHost(const std::filesystem::path& root) : root_(root.string()) {
    std::filesystem::create_directories(root / "Megatron-LM");
    for (const char* file : {"python", "Megatron-LM/pretrain_hybrid.py",
                             "Megatron-LM/pretrain_mamba.py", "clang.bin", "clang.idx"}) {
      std::ofstream(root / file) << "";
    }
  }
  std::string Toml(const std::string& machine = "", const std::string& network = "") const {
    return fmt::format(
        "gpu_architecture = \"sm_90\"\ngpus_per_node = 8\n{1}\n[network]\n{2}\n[paths]\n"
        "python = \"{0}/python\"\nmegatron = \"{0}/Megatron-LM\"\n"
        "tokenizer_model = \"{0}/tokenizer\"\ncache_root = \"{0}/cache\"\n"
        "seams = [\"{0}/seams\"]\nlibraries = [\"/b/lib\", \"/a/lib\"]\n[datasets]\n{3}"
        "[checkpoints]\nlast = \"{0}/last\"\n"
        "[versions]\ntorch = \"2.9.0\"\ntriton = \"3.5.0\"\n",
        root_, machine, network, datasets_);
  }
  void BindDataset(const std::string& name) {
    datasets_ += fmt::format("{} = \"{}/clang\"\n", name, root_);
  }

 private:
  std::string root_;
  std::string datasets_;
};

TEST_F(BindMegatronTest, TheJoinedCommandIsReadyToStart) {
  MegatronHost host(machine_.path());
  host.BindDataset(contract_.policy.data.dataset);
  const BoundRun run = Must(BindTo(host.Toml()));
  EXPECT_THAT(RefusedCodes(run), IsEmpty());
  EXPECT_EQ(run.engine, "torchrun");
  ASSERT_EQ(run.ranks.size(), 1u);
  EXPECT_EQ(run.ranks[0].starts, 8);
  const RankCommand command = ToCommand(run.ranks[0]);
  EXPECT_EQ(command.starts, 8);
  const std::string root = machine_.path().string();
  const std::vector<std::string> begin(command.argv.begin(), command.argv.begin() + 4);
  EXPECT_THAT(begin, ElementsAre(root + "/python", "-u", "-m", "torch.distributed.run"));
  for (const std::string& word :
       {std::string("--nnodes=1"), std::string("--nproc-per-node=8"), std::string("--node-rank=0"),
        std::string("--rdzv-backend=static"), std::string("--max-restarts=0"),
        std::string("--log-dir=/runs/x/logs/torchrun"), std::string("--tee=3"),
        std::string("/runs/x/bootstrap.py"), root + "/Megatron-LM/pretrain_hybrid.py",
        std::string("--hidden-size"), std::string("--micro-batch-size")}) {
    EXPECT_THAT(command.argv, Contains(word));
  }
  std::set<base::Surface> owners;
  for (const Token& token : run.ranks[0].argv) {
    owners.insert(token.owner);
    EXPECT_NE(token.from, "") << token.text;
  }
  EXPECT_EQ(owners.size(), 3u) << "plan, policy and host each decided something";
  EXPECT_EQ(command.environment.at("PYTHONPATH"), root + "/Megatron-LM:" + root + "/seams");
  EXPECT_EQ(command.environment.at("LD_LIBRARY_PATH"), "/b/lib:/a/lib") << "in this order";
  EXPECT_EQ(command.environment.at("PYTHONNOUSERSITE"), "1");
  EXPECT_THAT(command.environment.at("TORCHELASTIC_LOG_LINE_PREFIX_TEMPLATE"),
              HasSubstr("${rank}"));
  EXPECT_THAT(run.files, ::testing::SizeIs(2)) << "the bootstrap and its settings";
}

TEST_F(BindMegatronTest, EveryShippedPolicyBindsToACompleteHost) {
  const std::string root = std::string(NAM56R_SOURCE_DIR) + "/";
  int bound = 0;
  std::set<std::string> policies;
  for (const auto& policy : std::filesystem::directory_iterator(root + "policies")) {
    for (const auto& recipe : std::filesystem::directory_iterator(root + "recipes")) {
      const std::string policy_name = policy.path().filename();
      std::string bytes;
      try {
        bytes = testing::ContractBytes(recipe.path().filename(), policy_name);
      } catch (const std::runtime_error&) {
        continue;  // the two do not go together
      }
      contract_ = Must(contract::Parse(bytes, "x.json"));
      if (contract_.dialect == "native") continue;
      MegatronHost host(machine_.path());
      host.BindDataset(contract_.policy.data.dataset);
      const BoundRun run = Must(BindTo(host.Toml()));
      std::vector<std::string> refused = RefusedCodes(run);
      // The variables of one machine are for its GPUs alone.
      if (policy_name == "gb10.toml") std::erase(refused, "POLICY0105");
      EXPECT_THAT(refused, IsEmpty()) << policy_name << " x " << recipe.path().filename();
      EXPECT_EQ(run.ranks.at(0).starts, contract_.policy.layout.world_size);
      ++bound;
      policies.insert(policy_name);
    }
  }
  EXPECT_EQ(policies.size(), 6u) << "every policy for Megatron";
  EXPECT_GE(bound, 12);
}

TEST_F(BindMegatronTest, SeveralNodesMustFindEachOther) {
  MegatronHost host(machine_.path());
  host.BindDataset(contract_.policy.data.dataset);
  const std::string two = "nodes = 2\n";
  const std::string meet = "master_addr = \"10.0.0.1\"\nmaster_port = 29500\n";
  const auto codes = [&](const std::string& machine, const std::string& network,
                         std::optional<std::int64_t> node) {
    options_.node_rank = node;
    return RefusedCodes(Must(BindTo(host.Toml(machine, network))));
  };
  EXPECT_THAT(codes(two, "", std::nullopt), ElementsAre("LAUNCH0501", "LAUNCH0502", "LAUNCH0503"));
  EXPECT_THAT(codes(two, meet, 2), ElementsAre("LAUNCH0501"));
  EXPECT_THAT(codes("nodes = 3\n", meet, 0), ElementsAre("LAUNCH0504"));
  EXPECT_THAT(codes("", "", 1), ElementsAre("LAUNCH0501")) << "one node has the number 0";
  EXPECT_THAT(codes(two, meet, 1), IsEmpty());
  const BoundRun run = Must(BindTo(host.Toml(two, meet)));
  ASSERT_EQ(run.ranks.size(), 1u);
  EXPECT_EQ(run.ranks[0].rank, 4);
  EXPECT_EQ(run.ranks[0].starts, 4);
  EXPECT_THAT(ToCommand(run.ranks[0]).argv, Contains("--node-rank=1"));

  options_.node_rank.reset();
  options_.engine = "slurm";
  options_.nodes = {"n1", "n2"};
  const BoundRun allocation = Must(BindTo(host.Toml()));
  EXPECT_THAT(RefusedCodes(allocation), IsEmpty());
  ASSERT_EQ(allocation.ranks.size(), 2u) << "a process for each node";
  EXPECT_THAT(ToCommand(allocation.ranks[1]).argv,
              AllOf(Contains("--node-rank=1"), Contains("--master-addr=n1")));
}

TEST_F(BindMegatronTest, WhatIsNotThereIsRefused) {
  MegatronHost host(machine_.path());
  host.BindDataset(contract_.policy.data.dataset);
  const auto codes = [&] { return RefusedCodes(Must(BindTo(host.Toml()))); };
  EXPECT_THAT(RefusedCodes(Must(BindTo(host.Toml("cores = 2\n")))), IsEmpty());
  std::filesystem::remove(machine_.path() / "Megatron-LM/pretrain_hybrid.py");
  EXPECT_THAT(codes(), ElementsAre("LAUNCH0506"));
  std::filesystem::remove(machine_.path() / "clang.idx");
  std::filesystem::remove(machine_.path() / "python");
  EXPECT_THAT(codes(), ElementsAre("LAUNCH0506", "LAUNCH0506", "LAUNCH0004"));
  std::string four = host.Toml();
  four.replace(four.find("gpus_per_node = 8"), 17, "gpus_per_node = 4");
  EXPECT_THAT(RefusedCodes(Must(BindTo(four))), Contains("LAUNCH0505"));
}

TEST(ChooseEngine, EachBackendHasItsEngines) {
  EXPECT_EQ(Must(ChooseEngine("native", "")), "local");
  EXPECT_EQ(Must(ChooseEngine("megatron@0.19", "")), "torchrun");
  EXPECT_EQ(Must(ChooseEngine("megatron@0.19", "kubernetes")), "kubernetes");
  const auto wrong = ChooseEngine("native", "torchrun");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.errors()[0].code, "LAUNCH0008");
  EXPECT_THAT(wrong.errors()[0].valid, ElementsAre("local", "slurm", "kubernetes"));
  EXPECT_EQ(ChooseEngine("megatron@0.19", "local").errors()[0].code, "LAUNCH0008");
  EXPECT_THAT(ChooseEngine("native", "locl").errors()[0].fix, HasSubstr("'local'"));
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

TEST_F(BindMegatronTest, WhatTheBootstrapSetsStandsInItsFile) {
  contract_.policy.bootstrap_environment = {{"NVTE_DEBUG", "1"}, {"MY_SWITCH", "a \"b\""}};
  const BoundRun run = Must(Bind(contract_, nullptr, options_));
  EXPECT_EQ(FindVariable(run, "NVTE_DEBUG"), nullptr) << "no other process has it";
  ASSERT_THAT(run.files, ::testing::SizeIs(2));
  EXPECT_EQ(run.files[0].name, "bootstrap.py");
  EXPECT_EQ(run.files[1].name, "bootstrap.json");
  const nlohmann::json settings = nlohmann::json::parse(run.files[1].bytes);
  EXPECT_EQ(settings["bootstrap_environment"],
            nlohmann::json({{"MY_SWITCH", "a \"b\""}, {"NVTE_DEBUG", "1"}}));
  EXPECT_EQ(settings["environment"]["PYTORCH_CUDA_ALLOC_CONF"],
            FindVariable(run, "PYTORCH_CUDA_ALLOC_CONF")->value);
  std::vector<std::string> words;
  for (const Token& token : run.ranks[0].argv) words.push_back(token.text);
  const auto at = std::find(words.begin(), words.end(), run.receipt_directory / "bootstrap.py");
  ASSERT_GT(words.end() - at, 2);
  EXPECT_EQ(at[1], run.receipt_directory / "bootstrap.json");
  EXPECT_THAT(at[2], HasSubstr("/pretrain_"));
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
