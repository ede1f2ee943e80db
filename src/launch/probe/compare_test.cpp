#include "src/launch/probe/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>

#include "src/contract/codes.h"
#include "src/launch/launch_testing.h"
#include "src/launch/probe/probe_testing.h"

namespace nam56r::launch::probe {
namespace {

using ::testing::Contains;
using testing::FakeWorld;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kGib = std::int64_t{1} << 30;

struct Case {
  const char* name;
  std::function<void(FakeWorld&)> world;
  std::function<void(host::Host&)> host;
  std::vector<std::string> codes;  ///< "PROBE0001 error", in order
  std::string says = {};           ///< part of the first one's message
};

class CompareTest : public ::testing::Test {
 protected:
  CompareTest() {
    testing::InstallMegatron(healthy_);
    healthy_.now = 4'000'000'000;
  }

  FakeWorld healthy_;
  const contract::ReadContract contract_ = launch::testing::Must(contract::Parse(
      launch::testing::ContractBytes("nam56r.toml", "h200x8-bf16.toml"), "contract.json"));

  base::Diagnostics Findings(const Case& one) {
    const auto world = std::make_shared<FakeWorld>(healthy_);
    if (one.world) one.world(*world);
    base::Loaded<host::Host> host;
    host.file = "host.toml";
    host.value.machine.gpus_per_node = 8;
    host.value.machine.gpu = "H200";
    host.value.machine.gpu_architecture = "sm_90";
    host.value.machine.gpu_memory_gib = 139.8;
    host.value.paths.python = "/venv/bin/python";
    host.value.paths.megatron = "/megatron";
    host.value.paths.cache_root = "/cache";
    host.value.paths.runs = "/runs";
    host.value.network.interface = "eth0";
    if (one.host) one.host(host.value);
    ProbeRequest request;
    request.host = &host;
    request.contract = &contract_;
    request.launcher_environment = {{"HOME", "/home/u"}, {"PATH", "/usr/bin"}};
    request.world = world;
    return Compare(Probe(request), &host, &contract_);
  }
};

TEST_F(CompareTest, Table) {
  const auto gpu = [](auto change) {
    return [change](FakeWorld& world) { change(world.gpus.gpus[3]); };
  };
  const std::vector<Case> cases = {
      {"as stated", {}, {}, {}},
      {"a GPU is missing",
       [](FakeWorld& w) { w.gpus.gpus.pop_back(); },
       {},
       {"PROBE0001 error"},
       "8 GPUs a node; 7 are seen"},
      {"a GPU is lost",
       [](FakeWorld& w) {
         w.gpus.gpus.pop_back();
         w.gpus.not_read = {"gpu 7: GPU is lost"};
       },
       {},
       {"PROBE0001 error"}},
      {"no driver",
       [](FakeWorld& w) {
         w.gpus = {};
         w.gpus.why = "no NVML here";
       },
       {},
       {"PROBE0001 error"}},
      {"a driver that does not answer",
       [](FakeWorld& w) {
         w.gpus = {};
         w.gpus.why = "NVML does not start: version mismatch";
         w.File("/proc/driver/nvidia/version", "x");
       },
       {},
       {"PROBE0002 warning", "PROBE0001 error"}},
      {"another model",
       gpu([](Gpu& g) { g.name = "NVIDIA GH200 480GB"; }),
       {},
       {"PROBE0003 error"},
       "NVIDIA GH200 480GB, not H200"},
      {"another architecture",
       gpu([](Gpu& g) { g.architecture = "sm_100"; }),
       {},
       {"PROBE0003 error"}},
      {"less memory", gpu([](Gpu& g) { g.memory_total = 80 * kGib; }), {}, {"PROBE0003 error"}},
      {"somebody holds a little",
       gpu([](Gpu& g) {
         g.processes = {{4712, 2 * kGib}};
         g.memory_used = 2 * kGib;
       }),
       {},
       {"PROBE0004 warning"},
       "GPU 3 is in use"},
      {"somebody holds all",
       gpu([](Gpu& g) {
         g.processes = {{4712, 138 * kGib}};
         g.memory_used = 138 * kGib;
       }),
       {},
       {"PROBE0004 error"},
       "weights, gradients and optimizer state alone take"},
      {"cut into instances", gpu([](Gpu& g) { g.mig = true; }), {}, {"PROBE0014 error"}},
      {"memory errors",
       gpu([](Gpu& g) {
         g.ecc_volatile = EccErrors{5, 2};
       }),
       {},
       {"PROBE0014 error"},
       "2 uncorrected memory errors"},
      {"corrected errors",
       gpu([](Gpu& g) {
         g.ecc_volatile = EccErrors{5, 0};
       }),
       {},
       {}},
      {"links down",
       gpu([](Gpu& g) { g.links_active = 17; }),
       {},
       {"PROBE0014 warning"},
       "17 of 18 NVLinks"},
      {"hot",
       gpu([](Gpu& g) {
         g.clock_limits = {"sw_power_cap", "hw_thermal_slowdown"};
       }),
       {},
       {"PROBE0014 warning"}},
      {"fabric not ready",
       gpu([](Gpu& g) { g.fabric = "in progress"; }),
       {},
       {"PROBE0014 error"},
       "NVSwitch fabric"},
      {"a version as stated",
       {},
       [](host::Host& h) {
         h.versions = {{"nccl", "2.27"}};
       },
       {}},
      {"another version",
       {},
       [](host::Host& h) {
         h.versions = {{"nccl", "2.2"}};
       },
       {"PROBE0005 error"},
       "nccl is 2.27.3 here"},
      {"a version nobody can tell",
       {},
       [](host::Host& h) {
         h.versions = {{"apex", "1"}};
       },
       {"PROBE0002 note"}},
      {"Docker's /dev/shm",
       [](FakeWorld& w) {
         w.space["/dev/shm"] = {kGib / 16, kGib / 16};
       },
       {},
       {"PROBE0006 warning"}},
      {"a full /dev/shm",
       [](FakeWorld& w) {
         w.space["/dev/shm"] = {kGib, 0};
       },
       {},
       {"PROBE0006 error"}},
      {"a full disk",
       [](FakeWorld& w) {
         w.Folder("/runs");
         w.space["/runs"] = {kGib, 0};
       },
       {},
       {"PROBE0007 error"},
       "/runs has 0"},
      {"few files",
       [](FakeWorld& w) {
         w.File("/proc/self/limits", "Max open files            64       64       files\n");
       },
       {},
       {"PROBE0008 error"},
       "64 files may be open"},
      {"little locked memory",
       [](FakeWorld& w) {
         w.File("/proc/self/limits", "Max locked memory         65536    65536     bytes\n");
       },
       {},
       {"PROBE0009 warning"}},
      {"cores as stated", {}, [](host::Host& h) { h.machine.cores = 9; }, {}},
      {"fewer cores",
       {},
       [](host::Host& h) { h.machine.cores = 16; },
       {"PROBE0012 error"},
       "this process may use 9"},
      {"no such interface",
       {},
       [](host::Host& h) { h.network.interface = "ib0"; },
       {"PROBE0013 error"},
       "there is none of this name"},
      {"an interface that is down",
       [](FakeWorld& w) { w.File("/sys/class/net/eth0/operstate", "down\n"); },
       {},
       {"PROBE0013 error"},
       "it is down"},
      {"an interface without address",
       [](FakeWorld& w) { w.addresses.pop_back(); },
       {},
       {"PROBE0013 error"},
       "no address"},
      {"a port in use",
       [](FakeWorld& w) { w.port_error = "Address already in use"; },
       [](host::Host& h) { h.network.master_port = 29500; },
       {"PROBE0015 error"},
       "Address already in use"},
      {"a master behind a firewall",
       [](FakeWorld& w) { w.reach_error = "no answer"; },
       [](host::Host& h) { h.network.master_addr = "10.9.9.9"; },
       {"PROBE0015 error"}},
      {"a lock left behind",
       [](FakeWorld& w) { w.File("/home/u/.cache/torch_extensions/py312/fused/lock", ""); },
       {},
       {"PROBE0016 error"},
       "PyTorch waits for it without end"},
      {"a young lock",
       [](FakeWorld& w) {
         w.File("/home/u/.cache/torch_extensions/py312/fused/lock", "");
         w.now = std::chrono::duration_cast<std::chrono::seconds>(
                     std::chrono::system_clock::now().time_since_epoch())
                     .count();
       },
       {},
       {"PROBE0016 warning"}},
      {"another release",
       [](FakeWorld& w) {
         w.File("/megatron/megatron/core/package_info.py", "MAJOR = 0\nMINOR = 18\nPATCH = 2\n");
       },
       {},
       {"PROBE0018 error"},
       "for Megatron 0.19, and the checkout is 0.18.2"},
      {"an installed megatron wins",
       [](FakeWorld& w) { w.File("/venv/lib/python3.12/site-packages/megatron/__init__.py", ""); },
       {},
       {"PROBE0018 error"},
       "Python imports megatron from"},
      {"an edited checkout",
       [](FakeWorld& w) {
         w.programs.end.out = std::string(" M megatron/training/arguments.py\0", 34);
       },
       {},
       {"PROBE0019 warning"},
       "1 files"},
      {"no python",
       {},
       [](host::Host& h) { h.paths.python = "/none"; },
       {"PROBE0002 warning", "PROBE0002 warning"}},
  };
  for (const Case& one : cases) {
    const base::Diagnostics findings = Findings(one);
    std::vector<std::string> codes;
    for (const base::Diagnostic& finding : findings) {
      codes.push_back(finding.code + " " + std::string(base::SeverityName(finding.severity)));
      EXPECT_FALSE(finding.fix.empty()) << one.name;
      const contract::Code* code = contract::FindCode(finding.code);
      ASSERT_NE(code, nullptr) << finding.code;
      EXPECT_EQ(code->surface, base::SurfaceName(finding.surface)) << finding.code;
    }
    EXPECT_EQ(codes, one.codes) << one.name << (findings.empty() ? "" : ": " + findings[0].message);
    if (!one.says.empty() && !findings.empty()) {
      EXPECT_THAT(findings[0].message, HasSubstr(one.says)) << one.name;
    }
  }
}

TEST_F(CompareTest, NamesWhoHoldsAGpu) {
  const auto findings = Findings({"",
                                  [](FakeWorld& w) {
                                    w.gpus.gpus[0].processes = {{4712, kGib}, {99, std::nullopt}};
                                  },
                                  {},
                                  {}});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_THAT(findings[0].notes, Contains("process 4712 (python3): 1.00 GiB"));
  EXPECT_THAT(findings[0].notes, Contains("process 99: an unknown amount"));
}

// A native run on a machine without GPUs has no use for what Megatron needs.
TEST_F(CompareTest, AsksOfNativeRunsOnlyWhatTheyNeed) {
  const auto contract = launch::testing::Must(contract::Parse(
      launch::testing::ContractBytes("nam56r-tiny.toml", "laptop.toml"), "contract.json"));
  const auto world = std::make_shared<FakeWorld>();
  world->gpus = {};
  world->space["/dev/shm"] = {0, 0};
  ProbeRequest request;
  request.contract = &contract;
  request.launcher_environment = {{"HOME", "/home/u"}};
  request.world = world;
  EXPECT_THAT(Compare(Probe(request), nullptr, &contract), IsEmpty());
  EXPECT_EQ(LeastGpuBytes(contract), std::nullopt);
}

}  // namespace
}  // namespace nam56r::launch::probe
