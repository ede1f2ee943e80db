#include "src/launch/probe/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <utime.h>

#include <thread>

#include "src/launch/launch_testing.h"
#include "src/launch/probe/cache_key.h"
#include "src/launch/probe/git_state.h"
#include "src/launch/probe/probe_testing.h"
#include "src/launch/probe/python_path.h"
#include "src/launch/probe/shared_object.h"
#include "src/launch/probe/write_host.h"

namespace nam56r::launch::probe {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using testing::FakeWorld;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::SharedObject;

base::Loaded<host::Host> HostOf(const std::string& toml) {
  auto document =
      base::ParseToml("[machine]\nname = \"test\"\n" + toml, "host.toml", base::Surface::kHost);
  return launch::testing::Must(host::FromToml(launch::testing::Must(std::move(document))));
}

contract::ReadContract MegatronContract() {
  return launch::testing::Must(contract::Parse(
      launch::testing::ContractBytes("nam56r.toml", "h200x8-bf16.toml"), "contract.json"));
}

std::string Json(const ProbeReport& report, std::string_view item) {
  const ProbeItem* found = report.Find(item);
  return found == nullptr ? "" : found->facts.dump();
}

class ProbeOfMegatron : public ::testing::Test {
 protected:
  ProbeOfMegatron() { testing::InstallMegatron(*world_); }

  ProbeReport Run() {
    ProbeRequest request;
    request.host = &host_;
    request.contract = &contract_;
    request.launcher_environment = {{"HOME", "/home/u"}, {"PATH", "/usr/bin"}};
    request.world = world_;
    return Probe(request);
  }

  std::shared_ptr<FakeWorld> world_ = std::make_shared<FakeWorld>();
  base::Loaded<host::Host> host_ = HostOf(
      "gpus_per_node = 8\n[paths]\npython = \"/venv/bin/python\"\nmegatron = \"/megatron\"\n"
      "cache_root = \"/cache\"\n[network]\ninterface = \"eth0\"\nmaster_port = 29500\n");
  const contract::ReadContract contract_ = MegatronContract();
};

TEST_F(ProbeOfMegatron, FindsTheWholeMachine) {
  const ProbeReport report = Run();
  ASSERT_EQ(report.items.size(), ItemNames().size());
  for (std::size_t i = 0; i < report.items.size(); ++i) {
    EXPECT_EQ(report.items[i].item, ItemNames()[i]);
    if (report.items[i].item == "worker" || report.items[i].item == "master") continue;
    EXPECT_EQ(ItemStatusName(report.items[i].status), "ok")
        << report.items[i].item << ": " << report.items[i].why;
  }
  const json cpu = report.Facts("cpu");
  EXPECT_EQ(cpu["threads"], 16);
  EXPECT_EQ(cpu["allowed_threads"], 9);
  EXPECT_EQ(cpu["numa"]["1"]["cpus"], "8-15");
  EXPECT_EQ(report.Facts("system")["distribution"], "Ubuntu 24.04.2 LTS");
  EXPECT_EQ(report.Facts("memory")["usable_bytes"], 536'870'912) << "the group above limits it";
  EXPECT_EQ(report.Facts("limits")["open_files"]["soft"], 1'048'576);
  EXPECT_EQ(report.Facts("limits")["processes"]["soft"], "unlimited");
  EXPECT_EQ(report.Facts("gpu")["device"].size(), 8u);
  EXPECT_EQ(report.Facts("gpu")["device"][5]["numa_node"], 1);
  EXPECT_EQ(report.Facts("fabric").dump(), R"({"manager":"running","switches":1})");
  EXPECT_EQ(report.Facts("infiniband")["mlx5_0"]["port"]["1"]["state"], "ACTIVE");
  EXPECT_EQ(report.Facts("interface")["eth0"]["addresses"].dump(), R"(["10.0.0.7"])");
  EXPECT_EQ(report.Facts("master_port")["free"], true);
  EXPECT_EQ(report.Facts("megatron").dump(),
            R"({"branch":"main","commit":"0123abcd","path":"/megatron","version":"0.19.0"})");
  EXPECT_EQ(FoundVersions(report).at("cuda"), "12.8");
  EXPECT_EQ(FoundVersions(report).at("nccl"), "2.27.3");
  EXPECT_EQ(FoundVersions(report).at("python"), "3.12.3");

  // Programs get words, never a shell's string.
  ASSERT_EQ(world_->programs.asked.size(), 1u);
  EXPECT_EQ(world_->programs.asked[0].argv[0], "git");
  EXPECT_EQ(world_->programs.asked[0].argv[3], "/megatron");
}

TEST_F(ProbeOfMegatron, LibrariesAreThoseThatWouldBeLoaded) {
  const ProbeReport before = Run();
  const json library = before.Facts("library");
  EXPECT_EQ(library["nccl"]["path"],
            "/venv/lib/python3.12/site-packages/nvidia/nccl/lib/libnccl.so.2");
  EXPECT_EQ(library["cuda_driver"]["path"], "/usr/lib/x86_64-linux-gnu/libcuda.so.570.86.15");
  EXPECT_EQ(library["cuda_driver"]["version"], "570.86.15");
  EXPECT_TRUE(library["libc"].contains("digest"));
  EXPECT_THAT(before.Find("library")->notes, ElementsAre("libnowhere.so.1 is found nowhere"));

  // A digest is of the bytes, also when the store has the file's last one.
  const std::string nccl = library["nccl"]["path"];
  EXPECT_EQ(Run().Facts("library")["nccl"]["digest"], library["nccl"]["digest"]);
  world_->File(nccl, SharedObject("libnccl.so.2", {}));
  EXPECT_NE(Run().Facts("library")["nccl"]["digest"], library["nccl"]["digest"]);
}

TEST_F(ProbeOfMegatron, SaysWhichFilePythonTakes) {
  const std::string site = "/venv/lib/python3.12/site-packages/";
  world_->File(site + "flash_attn/__init__.py", "");
  world_->File(site + "flash_attn-2.8.3.dist-info/METADATA", "Version: 2.8.3\n\n");
  world_->File(site + "apex.cpython-312-x86_64-linux-gnu.so", "");
  world_->File(site + "extra.pth", "# paths\n/opt/extra\nimport something\n");
  world_->File("/opt/extra/flash_attn/__init__.py", "");
  world_->File("/opt/extra/tilelang.py", "");
  world_->File(site + "tilelang-0.1.6.dist-info/METADATA", "Version: 0.1.6\n\n");
  world_->File(site + "tilelang-0.1.6.dist-info/direct_url.json",
               R"({"dir_info": {"editable": true}})");
  const ProbeReport report = Run();
  const json modules = report.Facts("python")["modules"];
  EXPECT_EQ(modules["torch"]["version"], "2.9.0+cu128");
  EXPECT_EQ(modules["megatron"]["file"], "/megatron/megatron");
  EXPECT_EQ(modules["megatron"]["kind"], "namespace");
  EXPECT_EQ(modules["flash_attn"]["version"], "2.8.3");
  EXPECT_EQ(modules["flash_attn"]["shadowed"].dump(), R"(["/opt/extra/flash_attn/__init__.py"])");
  EXPECT_EQ(modules["apex"]["kind"], "extension");
  EXPECT_EQ(modules["tilelang"]["editable"], true);
  EXPECT_FALSE(modules.contains("mamba_ssm"));
  EXPECT_THAT(report.Find("python")->notes, ElementsAre(HasSubstr("extra.pth")));
}

TEST_F(ProbeOfMegatron, KnowsLocksThatNobodyHolds) {
  host_ = HostOf("[paths]\ncache_root = \"/cache\"\n");
  const std::string top = "/home/u/.cache/torch_extensions/py312_cu128/";
  world_->File(top + "fused/lock", "");
  world_->File(top + "held/lock", "");
  world_->File(top + "fused/fused.so", "");
  world_->Link("/proc/4712/fd/9", top + "held/lock");
  world_->now = 4'000'000'000;
  const json lock = Run().Facts("lock");
  ASSERT_EQ(lock["count"], 2);
  EXPECT_EQ(lock["file"][0]["path"], top + "fused/lock");
  EXPECT_EQ(lock["file"][0]["held"], false);
  EXPECT_GT(lock["file"][0]["age_seconds"], 600);
  EXPECT_EQ(lock["file"][1]["pid"], 4712);
}

TEST_F(ProbeOfMegatron, ReadsWhoseKernelsACacheHolds) {
  const json first = Run().Facts("cache");
  ASSERT_FALSE(first.empty());
  const std::string name = first.begin().key();
  const json& cache = first.begin().value();
  EXPECT_EQ(cache["state"], "empty");
  const std::string directory = cache["directory"];
  world_->File(directory + "/x.cubin", "");
  EXPECT_EQ(Run().Facts("cache")[name]["state"], "without a key file");
  world_->File(directory + "/" + std::string(kCacheKeyFile), "sha256:other\n");
  EXPECT_EQ(Run().Facts("cache")[name]["state"], "of another");
  world_->File(directory + "/" + std::string(kCacheKeyFile), cache["key"].get<std::string>());
  EXPECT_EQ(Run().Facts("cache")[name]["state"], "of this contract");
}

// Names are bytes to the machine; a receipt must be able to hold them.
TEST_F(ProbeOfMegatron, WritesNamesThatAreNoText) {
  world_->File("/proc/4712/comm", "\xff\x1b[2J\n");
  world_->gpus.gpus[0].processes = {{4712, 1}};
  world_->File("/sys/class/net/e\xffh/operstate", "up\n");
  const ProbeReport report = Run();
  EXPECT_NO_THROW(static_cast<void>(ToJson(report).dump()));
  EXPECT_EQ(report.Facts("gpu")["device"][0]["processes"][0]["name"], "\uFFFD\x1b[2J");
  EXPECT_TRUE(report.Facts("interface").contains("e\uFFFDh"));
}

// Whatever breaks, every item is there and says why.
TEST(Probe, ReportsOfAMachineThatSaysNothing) {
  class Broken final : public World {
   public:
    std::filesystem::path Root() const override { return "/nonexistent/root"; }
    std::optional<Space> SpaceAt(const std::filesystem::path&) override { return std::nullopt; }
    Topology Processors() override { throw std::runtime_error("hwloc is ill"); }
    NvmlReading Gpus() override {
      std::this_thread::sleep_for(std::chrono::seconds(2));  // a driver that hangs
      return {};
    }
    std::vector<InterfaceAddress> Addresses() override { return {}; }
    std::string TryPort(const std::string&, std::int64_t) override { return "in use"; }
    std::string TryReach(const std::string&, std::int64_t, std::chrono::milliseconds) override {
      return "no answer";
    }
    base::ProgramRunner& Programs() override { return runner_; }
    std::int64_t Now() override { return 0; }

   private:
    base::SystemProgramRunner runner_;
  };
  ProbeRequest request;
  request.world = std::make_shared<Broken>();
  request.item_limit = std::chrono::milliseconds(500);
  request.network = false;
  request.programs = false;
  const ProbeReport report = Probe(request);
  ASSERT_EQ(report.items.size(), ItemNames().size());
  for (const ProbeItem& item : report.items) {
    EXPECT_NE(item.status, ItemStatus::kOk) << item.item << Json(report, item.item);
    EXPECT_FALSE(item.why.empty()) << item.item;
  }
  EXPECT_EQ(report.Find("cpu")->why, "hwloc is ill");
  EXPECT_EQ(report.Find("gpu")->why, "no answer within 500 ms");
  EXPECT_EQ(report.Find("master_port")->why, "the network was not to be used");
  const auto again = FromJson(ToJson(report));
  ASSERT_TRUE(again);
  EXPECT_EQ(ToJson(*again), ToJson(report));
}

TEST(Probe, ThisMachineIsSeen) {
  ProbeRequest request;
  request.programs = false;
  const ProbeReport report = Probe(request);
  EXPECT_GT(report.Facts("cpu").value("threads", 0), 0);
  EXPECT_GT(report.Facts("memory").value("total_bytes", std::int64_t{0}), 0);
  EXPECT_TRUE(report.Facts("limits").contains("open_files"));
  EXPECT_TRUE(report.Facts("interface").contains("lo"));
  const auto world = ThisWorld();
  EXPECT_EQ(world->TryReach("127.0.0.1", 1, std::chrono::milliseconds(500)), "")
      << "a refusal is an answer";
}

TEST(Probe, JsonOfSomebodyElseIsRefused) {
  for (const char* text :
       {"null", "[]", "{}", R"({"format":"nam56r.probe/2","items":[]})",
        R"({"format":"nam56r.probe/1","items":{}})", R"({"format":"nam56r.probe/1","items":[1]})",
        R"({"format":"nam56r.probe/1","items":[{"item":"x","status":"fine"}]})",
        R"({"format":"nam56r.probe/1","items":[{"status":"ok"}]})"}) {
    EXPECT_FALSE(FromJson(json::parse(text))) << text;
  }
}

// Types, buffers that are too small, calls that a GPU or a library does not have.
TEST(Nvml, ReadsWhatTheLibrarySays) {
  const NvmlReading reading = ReadNvml(FAKE_NVML);
  ASSERT_TRUE(reading.present) << reading.why;
  EXPECT_EQ(reading.driver, "570.86.15");
  EXPECT_EQ(reading.cuda, "12.8");
  EXPECT_THAT(reading.not_read, ElementsAre("gpu 1: GPU is lost"));
  ASSERT_EQ(reading.gpus.size(), 1u);
  const Gpu& gpu = reading.gpus[0];
  EXPECT_EQ(gpu.name, "NVIDIA H200");
  EXPECT_EQ(gpu.pci_bus_id, "00000000:1B:00.0");
  EXPECT_EQ(gpu.architecture, "sm_90");
  EXPECT_EQ(gpu.memory_total, 1000);
  EXPECT_EQ(gpu.memory_reserved, 10);
  EXPECT_EQ(gpu.memory_used, 390);
  ASSERT_EQ(gpu.processes.size(), 70u);
  EXPECT_EQ(gpu.processes[0].pid, 100);
  EXPECT_FALSE(gpu.processes[0].bytes);
  EXPECT_EQ(gpu.processes[69].bytes, 5);
  EXPECT_EQ(gpu.links, 18);
  EXPECT_EQ(gpu.links_active, 17);
  EXPECT_EQ(gpu.ecc_volatile->uncorrected, 1);
  EXPECT_EQ(gpu.ecc_aggregate->corrected, 10);
  EXPECT_EQ(gpu.mig, false);
  EXPECT_EQ(gpu.persistence, true);
  EXPECT_THAT(gpu.clock_limits, ElementsAre("hw_slowdown", "hw_thermal_slowdown"));
  EXPECT_EQ(gpu.fabric, "in progress");
}

TEST(Nvml, IsNoErrorWhereItIsNot) {
  const NvmlReading reading = ReadNvml("libnowhere-ml.so.1");
  EXPECT_FALSE(reading.present);
  EXPECT_EQ(reading.why, "no NVML here");
}

TEST(Topology, PutsADeviceOnItsNode) {
  const Topology topology = ReadTopology("pack:2 numa:1 core:2 pu:2");
  ASSERT_EQ(topology.nodes.size(), 2u);
  EXPECT_EQ(topology.cores, 4);
  EXPECT_EQ(topology.threads, 8);
  EXPECT_EQ(NodeOf(topology, "4-7"), 1);
  EXPECT_EQ(NodeOf(topology, "0-7"), std::nullopt) << "both";
  EXPECT_EQ(NodeOf(topology, ""), std::nullopt);
  EXPECT_NE(ReadTopology("no machine").why, "");
}

struct SearchCase {
  const char* name;
  std::string root;
  std::map<std::string, std::string> files;
  std::string library_path;
  std::string wins;  ///< for liba.so.1
};

// The order of ld.so(8).
TEST(Libraries, AreSearchedForAsTheLoaderDoes) {
  const std::string a = SharedObject("liba.so.1", {});
  std::string other_machine = a;
  other_machine[18] = static_cast<char>(EM_AARCH64);
  const std::vector<SearchCase> cases = {
      {"the cache", SharedObject("", {"liba.so.1"}), {}, "", "/cached/liba.so.1"},
      {"the environment first",
       SharedObject("", {"liba.so.1"}, "/run"),
       {{"/env/liba.so.1", a}, {"/run/liba.so.1", a}},
       "/none:/env",
       "/env/liba.so.1"},
      {"DT_RUNPATH before the cache",
       SharedObject("", {"liba.so.1"}, "/run"),
       {{"/run/liba.so.1", a}},
       "",
       "/run/liba.so.1"},
      {"DT_RPATH before the environment",
       SharedObject("", {"liba.so.1"}, "", "/rpath"),
       {{"/env/liba.so.1", a}, {"/rpath/liba.so.1", a}},
       "/env",
       "/rpath/liba.so.1"},
      {"DT_RUNPATH silences DT_RPATH",
       SharedObject("", {"liba.so.1"}, "/none", "/rpath"),
       {{"/rpath/liba.so.1", a}},
       "",
       "/cached/liba.so.1"},
      {"another machine's is passed over",
       SharedObject("", {"liba.so.1"}, "/run"),
       {{"/run/liba.so.1", other_machine}},
       "",
       "/cached/liba.so.1"},
      {"no library at all is passed over",
       SharedObject("", {"liba.so.1"}, "/run"),
       {{"/run/liba.so.1", "INPUT(x)"}},
       "",
       "/cached/liba.so.1"},
      {"$ORIGIN",
       SharedObject("", {"liba.so.1"}, "$ORIGIN/../own:${ORIGIN}/x"),
       {{"/bin/../own/liba.so.1", a}},
       "",
       "/own/liba.so.1"},
  };
  for (const SearchCase& one : cases) {
    FakeWorld world(FakeWorld::kBare);
    world.File("/bin/program", one.root);
    world.File("/cached/liba.so.1", a);
    world.File("/etc/ld.so.cache", testing::LoaderCache({{"liba.so.1", "/cached/liba.so.1"}}));
    for (const auto& [path, bytes] : one.files) world.File(path, bytes);
    const auto found =
        ResolveLibraries(Files(world.Root()), {"/bin/program"}, {}, one.library_path);
    ASSERT_TRUE(found.contains("liba.so.1")) << one.name;
    EXPECT_EQ(found.at("liba.so.1"), one.wins) << one.name;
  }
}

// Cut and changed files are no libraries, and no harm.
TEST(Libraries, SurviveFilesThatAreNone) {
  base::TemporaryDirectory folder;
  const auto path = folder.path() / "x.so";
  const std::string whole = SharedObject("liba.so.1", {"libb.so"});
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    std::ofstream(path, std::ios::binary) << whole.substr(0, size);
    const auto section = ReadDynamicSection(path);
    if (section) {
      EXPECT_THAT(section->soname, ::testing::AnyOf("", "liba.so.1"));
    }
  }
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0xff);
    std::ofstream(path, std::ios::binary) << changed;
    static_cast<void>(ReadDynamicSection(path));
    static_cast<void>(ParseLoaderCache("glibc-ld.so.cache1.1" + changed, EM_X86_64));
  }
  EXPECT_THAT(ParseLoaderCache("", EM_X86_64), IsEmpty());
}

TEST(Python, SaysWhyItCannotBeRead) {
  FakeWorld world(FakeWorld::kBare);
  world.File("/shims/python3", "#!/bin/sh\n");
  const Files files(world.Root());
  EXPECT_THAT(ReadPythonPath(files, "/none/python", {}, "").why, HasSubstr("does not exist"));
  EXPECT_THAT(ReadPythonPath(files, "python3", {{"PATH", "/x:/shims"}}, "").why,
              HasSubstr("is a script"));
}

TEST(Git, FollowsWorktreesAndDetachedHeads) {
  FakeWorld world(FakeWorld::kBare);
  const Files files(world.Root());
  world.File("/a/.git/HEAD", "deadbeef\n");
  EXPECT_EQ(ReadGitState(files, "/a").commit, "deadbeef");
  EXPECT_EQ(ReadGitState(files, "/a").branch, "");
  world.File("/b/.git", "gitdir: ../a/.git/worktrees/b\n");
  world.File("/a/.git/worktrees/b/HEAD", "ref: refs/heads/topic\n");
  world.File("/a/.git/worktrees/b/commondir", "../..\n");
  world.File("/a/.git/refs/heads/topic", "cafe\n");
  EXPECT_EQ(ReadGitState(files, "/b").commit, "cafe");
  EXPECT_EQ(ReadGitState(files, "/b").branch, "topic");
  EXPECT_EQ(ReadGitState(files, "/nowhere").commit, "");
}

TEST(CacheKey, IsWrittenOnceAndDefended) {
  base::TemporaryDirectory folder;
  const auto directory = folder.path() / "new/triton";
  ASSERT_TRUE(WriteCacheKey(directory, "k1"));
  EXPECT_TRUE(WriteCacheKey(directory, "k1"));
  const auto other = WriteCacheKey(directory, "k2");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.errors()[0].code, "PROBE0017");
  struct stat status {};
  ASSERT_EQ(::stat(directory.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0700u);
}

// What is written is read again, and holds nothing private unless it was asked for.
TEST_F(ProbeOfMegatron, WritesAHostFile) {
  const ProbeReport report = Run();
  const auto read = [](const std::string& text) {
    auto document = base::ParseToml(text, "written.toml", base::Surface::kHost);
    return launch::testing::Must(host::FromToml(launch::testing::Must(std::move(document)))).value;
  };
  const std::string text = HostToml(report, {});
  const host::Host host = read(text);
  EXPECT_EQ(host.machine.name, "this-machine");
  EXPECT_EQ(host.machine.gpus_per_node, 8);
  EXPECT_EQ(host.machine.gpu, "H200");
  EXPECT_EQ(host.machine.gpu_architecture, "sm_90");
  EXPECT_NEAR(host.machine.gpu_memory_gib, 139.89, 0.01);
  EXPECT_EQ(host.machine.cores, 9);
  EXPECT_EQ(host.versions.at("nccl"), "2.27.3");
  EXPECT_EQ(host.versions.at("driver"), "570.86.15");
  for (const char* secret : {"node7", "/venv", "/megatron", "/cache", "10.0.0.7"}) {
    EXPECT_EQ(text.find(secret), std::string::npos) << secret;
  }
  const host::Host whole = read(HostToml(report, {.name = {}, .paths = true}));
  EXPECT_EQ(whole.machine.name, "node7");
  EXPECT_EQ(whole.paths.python, "/venv/bin/python");
  EXPECT_EQ(whole.paths.megatron, "/megatron");
}

}  // namespace
}  // namespace nam56r::launch::probe
