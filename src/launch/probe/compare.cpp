#include "src/launch/probe/compare.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "src/base/units.h"
#include "src/base/utf8.h"
#include "src/launch/host_error.h"
#include "src/launch/probe/cache_key.h"
#include "src/launch/probe/files.h"
#include "src/launch/probe/probe.h"
#include "src/launch/run.h"

namespace nam56r::launch::probe {
namespace {

using base::HumanBytes;
using base::Severity;
using nlohmann::json;

constexpr double kGib = 1024.0 * 1024 * 1024;
constexpr std::int64_t kMib = std::int64_t{1} << 20;

// NVIDIA's guide for NCCL (docs.nvidia.com/deeplearning/nccl, troubleshooting) asks containers for
// --shm-size=1g; Docker alone gives 64 MiB.
constexpr std::int64_t kWantedShm = 1024 * kMib;
// Where even one connection's buffers may not fit.
constexpr std::int64_t kLeastShm = 64 * kMib;
// The launcher keeps up to this much of each rank's output (RunOptions::max_log_bytes).
constexpr std::int64_t kLogOfRank = 64 * kMib;
constexpr std::int64_t kLeastFree = 256 * kMib;
// Pipes and logs of a rank, and what the launcher has open besides.
constexpr std::int64_t kFilesOfRank = 8;
constexpr std::int64_t kFilesOfLauncher = 64;
// Compilers take seconds to minutes; a lock this old has outlived every one of them.
constexpr std::int64_t kOldLockSeconds = 600;

// Of both stated and found memory of a GPU, as NVML counts it and as one process can have it.
constexpr double kMemoryTolerance = 0.01;

class Comparison {
 public:
  Comparison(const ProbeReport& report, const base::Loaded<host::Host>* host,
             const contract::ReadContract* contract)
      : report_(report), host_(host), contract_(contract) {}

  base::Diagnostics Take() {
    Items();
    Gpus();
    GpuMemory();
    Versions();
    Shm();
    Disks();
    Limits();
    Cores();
    Network();
    Locks();
    Caches();
    Megatron();
    return std::move(found_);
  }

 private:
  base::Diagnostic& Add(std::string code, Severity severity, std::string message, std::string fix,
                        std::vector<std::string> fields) {
    base::Diagnostic finding = HostError(std::move(code), std::move(message), std::move(fix));
    finding.severity = severity;
    finding.fields = std::move(fields);
    found_.push_back(std::move(finding));
    return found_.back();
  }
  /// Both sides: what the host file says, and what is here.
  void Sides(base::Diagnostic& finding, const std::string& key, const std::string& says,
             const std::string& here) const {
    finding.where = {{host_ != nullptr ? host_->At(key) : base::SourceLocation{}, says},
                     {{"this machine", 0, 0}, base::EscapeControls(here)}};
  }
  const json& Facts(std::string_view item) const { return report_.Facts(item); }
  bool Megatrons() const { return contract_ != nullptr && contract_->dialect != "native"; }
  std::int64_t LocalRanks() const {
    if (contract_ == nullptr) return 0;
    const std::int64_t nodes =
        host_ != nullptr ? std::max<std::int64_t>(host_->value.machine.nodes, 1) : 1;
    return (contract_->policy.layout.world_size + nodes - 1) / nodes;
  }
  std::vector<json> Devices() const {
    const json& gpu = Facts("gpu");
    const auto list = gpu.find("device");
    if (list == gpu.end() || !list->is_array()) return {};
    return {list->begin(), list->end()};
  }

  // A look that failed is told; one that was skipped says why in the report.
  void Items() {
    for (const ProbeItem& item : report_.items) {
      if (item.status != ItemStatus::kFailed) continue;
      auto& finding =
          Add("PROBE0002", Severity::kWarning,
              fmt::format("{} could not be probed: {}", item.item, base::EscapeControls(item.why)),
              "what depends on it is not checked; mend it, or run without the check", {});
      finding.notes = item.notes;
    }
  }

  void Gpus() {
    const auto devices = Devices();
    if (host_ != nullptr) {
      const host::Machine& machine = host_->value.machine;
      const auto count = static_cast<std::int64_t>(devices.size());
      if (count < machine.gpus_per_node) {
        const ProbeItem* item = report_.Find("gpu");
        auto& finding =
            Add("PROBE0001", Severity::kError,
                fmt::format("the host has {} GPUs a node; {} are seen here", machine.gpus_per_node,
                            count),
                "see that the driver sees them (nvidia-smi), or name the host file of this machine",
                {"machine.gpus_per_node"});
        Sides(finding, "machine.gpus_per_node", fmt::format("{}", machine.gpus_per_node),
              fmt::format("{}", count));
        if (item != nullptr && !item->why.empty()) finding.notes.push_back(item->why);
        if (item != nullptr) {
          for (const std::string& note : item->notes) finding.notes.push_back(note);
        }
      }
    }
    for (std::size_t i = 0; i < devices.size(); ++i) Gpu(i, devices[i]);
    const std::string manager = TextAt(Facts("fabric"), "manager");
    for (std::size_t i = 0; i < devices.size(); ++i) {
      const std::string fabric = TextAt(devices[i], "fabric");
      if (fabric.empty() || fabric == "completed") continue;
      auto& finding = Add(
          "PROBE0014", Severity::kError,
          fmt::format("GPU {} has not joined the NVSwitch fabric: {}", i,
                      base::EscapeControls(fabric)),
          "start nvidia-fabricmanager, of the driver's own version, and wait until it is done", {});
      if (!manager.empty()) finding.notes.push_back("nv-fabricmanager: " + manager);
      break;  // the others wait for the same
    }
  }

  void Gpu(std::size_t number, const json& gpu) {
    const std::string name = TextAt(gpu, "name");
    if (host_ != nullptr) {
      const host::Machine& machine = host_->value.machine;
      const auto differs = [&](const std::string& key, const std::string& says,
                               const std::string& here) {
        if (says.empty() || here.empty() || told_.contains(key)) return;
        told_.insert(key);
        auto& finding = Add("PROBE0003", Severity::kError,
                            fmt::format("GPU {} is another one than the host says: {}, not {}",
                                        number, base::EscapeControls(here), says),
                            "name the host file of this machine", {key});
        Sides(finding, key, says, here);
      };
      // "H200" of "NVIDIA H200" or "NVIDIA H200 NVL"; not of "NVIDIA GH200".
      const auto words = Split(name, ' ');
      if (std::find(words.begin(), words.end(), machine.gpu) == words.end()) {
        differs("machine.gpu", machine.gpu, name);
      }
      const std::string architecture = TextAt(gpu, "architecture");
      if (architecture != machine.gpu_architecture) {
        differs("machine.gpu_architecture", machine.gpu_architecture, architecture);
      }
      const auto total = static_cast<double>(NumberAt(gpu, "memory_bytes"));
      if (machine.gpu_memory_gib > 0 && total > 0 &&
          total / kGib < machine.gpu_memory_gib * (1 - kMemoryTolerance)) {
        differs("machine.gpu_memory_gib", fmt::format("{:.1f} GiB", machine.gpu_memory_gib),
                fmt::format("{:.1f} GiB", total / kGib));
      }
    }
    const auto sick = [&](Severity severity, const std::string& what, const std::string& fix) {
      Add("PROBE0014", severity, fmt::format("GPU {}: {}", number, what), fix, {});
    };
    const auto mig = gpu.find("mig");
    if (mig != gpu.end() && *mig == true) {
      sick(Severity::kError, "it is cut into instances (MIG)",
           "ask the machine's owner for whole GPUs: nvidia-smi -mig 0");
    }
    const std::int64_t errors = NumberAt(ObjectAt(gpu, "ecc_volatile"), "uncorrected");
    if (errors > 0) {
      sick(Severity::kError,
           fmt::format("{} uncorrected memory errors since the driver was loaded", errors),
           "reset the GPU, or take it out of use");
    }
    const std::int64_t links = NumberAt(gpu, "links");
    const std::int64_t active = NumberAt(gpu, "links_active");
    if (links > 0 && active < links && Devices().size() > 1) {
      sick(Severity::kWarning, fmt::format("{} of {} NVLinks are up", active, links),
           "transfers between GPUs are slower than they could be; nvidia-smi nvlink -s tells more");
    }
    const auto limits = gpu.find("clock_limits");
    if (limits != gpu.end() && limits->is_array()) {
      for (const json& limit : *limits) {
        if (!limit.is_string() || !limit.get_ref<const std::string&>().starts_with("hw_")) continue;
        sick(Severity::kWarning,
             "it runs slower than it could: " + base::EscapeControls(limit.get<std::string>()),
             "look after cooling and power");
      }
    }
  }

  void GpuMemory() {
    if (contract_ == nullptr || !Megatrons()) return;
    const auto least = LeastGpuBytes(*contract_);
    const auto devices = Devices();
    const auto ranks = static_cast<std::size_t>(std::max<std::int64_t>(LocalRanks(), 0));
    for (std::size_t i = 0; i < devices.size() && i < ranks; ++i) {
      const json& gpu = devices[i];
      const std::int64_t total =
          NumberAt(gpu, "memory_bytes") - NumberAt(gpu, "memory_reserved_bytes");
      const std::int64_t free = total - NumberAt(gpu, "memory_used_bytes");
      std::vector<std::string> holders;
      std::int64_t held = 0;
      const auto processes = gpu.find("processes");
      if (processes != gpu.end() && processes->is_array()) {
        for (const json& process : *processes) {
          const std::int64_t bytes = NumberAt(process, "bytes");
          held += bytes;
          const std::string name = TextAt(process, "name");
          holders.push_back(fmt::format("process {}{}: {}", NumberAt(process, "pid"),
                                        name.empty() ? "" : " (" + base::EscapeControls(name) + ")",
                                        bytes > 0 ? HumanBytes(bytes) : "an unknown amount"));
        }
      }
      const bool too_little = least && free < *least;
      if (!too_little && holders.empty()) continue;
      auto& finding =
          Add("PROBE0004", too_little ? Severity::kError : Severity::kWarning,
              too_little
                  ? fmt::format("GPU {} has {} free; weights, gradients and optimizer state alone "
                                "take {} of a rank",
                                i, HumanBytes(free), HumanBytes(*least))
                  : fmt::format("GPU {} is in use: {} of {} are free", i, HumanBytes(free),
                                HumanBytes(total)),
              holders.empty() ? "take a layout that shards more, or a GPU with more memory"
                              : "end those processes, or take another machine",
              {"machine.gpu_memory_gib"});
      finding.notes = holders;
    }
  }

  // "2.9" meets "2.9.0+cu128", and does not meet "2.10".
  static bool Meets(const std::string& says, const std::string& here) {
    if (!here.starts_with(says)) return false;
    return here.size() == says.size() || here[says.size()] == '.' || here[says.size()] == '+' ||
           here[says.size()] == '-' || here[says.size()] == 'r';
  }

  void Versions() {
    if (host_ == nullptr || host_->value.versions.empty()) return;
    const auto found = FoundVersions(report_);
    std::vector<std::string> unseen;
    for (const auto& [name, says] : host_->value.versions) {
      const auto here = found.find(name);
      if (here == found.end()) {
        unseen.push_back(name);
        continue;
      }
      if (Meets(says, here->second)) continue;
      const std::string key = "versions." + name;
      auto& finding =
          Add("PROBE0005", Severity::kError,
              fmt::format("{} is {} here, and the host says {}", name,
                          base::EscapeControls(here->second), says),
              fmt::format("have {} {} there, or correct the host file", name, says), {key});
      Sides(finding, key, says, here->second);
    }
    if (unseen.empty()) return;
    auto& finding = Add("PROBE0002", Severity::kNote,
                        fmt::format("the host states versions of which none was found here: {}",
                                    fmt::join(unseen, ", ")),
                        "they are not checked", {});
    for (const std::string& name : unseen) finding.fields.push_back("versions." + name);
  }

  void Shm() {
    if (!Megatrons() || LocalRanks() <= 1) return;
    const json& shm = Facts("shm");
    if (shm.empty()) return;
    const std::int64_t free = NumberAt(shm, "free_bytes");
    if (free >= kWantedShm) return;
    auto& finding = Add(
        "PROBE0006", free < kLeastShm ? Severity::kError : Severity::kWarning,
        fmt::format("/dev/shm has {} free of {}; NCCL and loader processes of {} ranks share it",
                    HumanBytes(free), HumanBytes(NumberAt(shm, "total_bytes")), LocalRanks()),
        "start the container with --shm-size=1g or more, or --ipc=host", {});
    finding.notes.push_back(
        fmt::format("NVIDIA's guide for NCCL asks for {}", HumanBytes(kWantedShm)));
  }

  void Disk(const std::string& place, std::int64_t need, const std::string& for_what,
            const std::string& field) {
    const json& disk = ObjectAt(Facts("disk"), place);
    if (disk.empty()) return;
    const std::int64_t free = NumberAt(disk, "free_bytes");
    if (free >= need) return;
    Add("PROBE0007", free < std::min(need, kLeastFree) ? Severity::kError : Severity::kWarning,
        fmt::format("{} has {} free; {} may take {}", base::EscapeControls(TextAt(disk, "path")),
                    HumanBytes(free), for_what, HumanBytes(need)),
        fmt::format("make room there, or set {} in the host file", field), {field});
  }

  void Disks() {
    Disk("runs", std::max(kLeastFree, LocalRanks() * kLogOfRank), "a receipt with its logs",
         "paths.runs");
    Disk("cache_root", kLeastFree, "compiled kernels", "paths.cache_root");
    if (contract_ == nullptr || contract_->policy.checkpoint.save.empty()) return;
    // Weights in fp32 or their master copy, and two moments: what a checkpoint of Adam's holds.
    constexpr std::int64_t kBytesPerParameter = 12;
    const std::int64_t need = contract_->plan.total_parameters * kBytesPerParameter;
    const json& disk = ObjectAt(Facts("disk"), "checkpoint_save");
    if (disk.empty() || NumberAt(disk, "free_bytes") >= need) return;
    const std::string field = "checkpoints." + contract_->policy.checkpoint.save;
    Add("PROBE0007", Severity::kError,
        fmt::format("{} has {} free; one checkpoint takes {}",
                    base::EscapeControls(TextAt(disk, "path")),
                    HumanBytes(NumberAt(disk, "free_bytes")), HumanBytes(need)),
        fmt::format("make room there, or set {} in the host file", field), {field});
  }

  void Limits() {
    const json& limits = Facts("limits");
    if (limits.empty()) return;
    const std::int64_t ranks = LocalRanks();
    const auto less = [&](const char* key, std::int64_t need, const char* what, const char* fix) {
      const json& limit = ObjectAt(limits, key);
      const auto soft = limit.find("soft");
      if (soft == limit.end() || !soft->is_number_integer() || *soft >= need) return;  // unlimited
      Add("PROBE0008", Severity::kError,
          fmt::format("{} {}; {} ranks take {}", soft->get<std::int64_t>(), what, ranks, need), fix,
          {"layout.world_size"});
    };
    if (ranks > 0) {
      less("open_files", kFilesOfLauncher + kFilesOfRank * ranks, "files may be open at once",
           "ulimit -n 65536");
      less("processes", 2 * ranks + 16, "processes may run at once", "ulimit -u 65536");
    }
    const json& locked = ObjectAt(limits, "locked_memory_bytes");
    const auto soft = locked.find("soft");
    if (!Megatrons() || Facts("infiniband").empty() || soft == locked.end() ||
        !soft->is_number_integer()) {
      return;
    }
    Add("PROBE0009", Severity::kWarning,
        fmt::format("{} of memory may be locked, and InfiniBand devices are here: registering "
                    "buffers with them may fail",
                    HumanBytes(soft->get<std::int64_t>())),
        "start the container with --ulimit memlock=-1, or ulimit -l unlimited", {});
  }

  void Cores() {
    const json& cpu = Facts("cpu");
    if (host_ == nullptr || cpu.empty() || host_->value.machine.cores <= 0) return;
    const std::int64_t threads = NumberAt(cpu, "threads");
    const std::int64_t here = std::min(threads, NumberAt(cpu, "allowed_threads", threads));
    const std::int64_t says = host_->value.machine.cores;
    if (here >= says) return;
    auto& finding =
        Add("PROBE0012", Severity::kError,
            fmt::format("the host has {} cores; this process may use {}", says, here),
            "ask the batch system for more, or correct the host file", {"machine.cores"});
    Sides(finding, "machine.cores", fmt::format("{}", says),
          fmt::format("{} processors, {} of them allowed", threads, here));
  }

  void Network() {
    const json& interfaces = Facts("interface");
    if (host_ != nullptr && !interfaces.empty() && !host_->value.network.interface.empty()) {
      const std::string& name = host_->value.network.interface;
      const json& entry = ObjectAt(interfaces, name);
      const auto addresses = entry.find("addresses");
      std::string wrong;
      if (!interfaces.contains(name)) {
        wrong = "there is none of this name";
      } else if (TextAt(entry, "state") == "down") {
        wrong = "it is down";
      } else if (addresses == entry.end() || addresses->empty()) {
        wrong = "it has no address";
      }
      if (!wrong.empty()) {
        auto& finding = Add("PROBE0013", Severity::kError,
                            fmt::format("ranks cannot talk over the interface {}: {}", name, wrong),
                            "set network.interface to one that is up", {"network.interface"});
        Sides(finding, "network.interface", name, wrong);
        for (const auto& [other, facts] : interfaces.items()) finding.valid.push_back(other);
      }
    }
    const json& port = Facts("master_port");
    if (const auto free = port.find("free"); free != port.end() && *free == false) {
      auto& finding =
          Add("PROBE0015", Severity::kError,
              fmt::format("ranks cannot meet at {}:{}: {}", TextAt(port, "address"),
                          NumberAt(port, "port"), base::EscapeControls(TextAt(port, "error"))),
              "set network.master_port to 0, for a free one, or end who listens there",
              {"network.master_addr", "network.master_port"});
      finding.where = {
          {host_ != nullptr ? host_->At("network.master_port") : base::SourceLocation{},
           "the port"}};
    }
    const json& master = Facts("master");
    if (const auto reached = master.find("reached"); reached != master.end() && *reached == false) {
      Add("PROBE0015", Severity::kError,
          fmt::format("{} is not reached from here: {}", TextAt(master, "address"),
                      base::EscapeControls(TextAt(master, "error"))),
          "see that the address is right and that no firewall is between", {"network.master_addr"});
    }
  }

  void Locks() {
    const json& locks = Facts("lock");
    const auto list = locks.find("file");
    if (list == locks.end() || !list->is_array()) return;
    for (const json& lock : *list) {
      const auto held = lock.find("held");
      if (held == lock.end() || *held != false) continue;
      const std::int64_t age = NumberAt(lock, "age_seconds");
      const std::string path = base::EscapeControls(TextAt(lock, "path"));
      auto& finding = Add(
          "PROBE0016", age > kOldLockSeconds ? Severity::kError : Severity::kWarning,
          fmt::format("{} was left by a build {} ago, and nobody here holds it: PyTorch waits "
                      "for it without end",
                      path, base::HumanSeconds(static_cast<double>(age))),
          "remove " + path + ", unless another machine is building there", {"caches.extensions"});
      const ProbeItem* item = report_.Find("lock");
      if (item != nullptr) finding.notes = item->notes;
    }
  }

  void Caches() {
    for (const auto& [name, cache] : Facts("cache").items()) {
      if (TextAt(cache, "state") != "of another") continue;
      found_.push_back(OtherCacheKey(TextAt(cache, "directory"), TextAt(cache, "key"),
                                     TextAt(cache, "key_found")));
    }
  }

  void Megatron() {
    const json& megatron = Facts("megatron");
    if (megatron.empty()) return;
    const std::string version = TextAt(megatron, "version");
    constexpr std::string_view kDialect = "megatron@";
    if (contract_ != nullptr && contract_->dialect.starts_with(kDialect) && !version.empty()) {
      const std::string wanted = contract_->dialect.substr(kDialect.size());
      if (!Meets(wanted, version)) {
        auto& finding = Add(
            "PROBE0018", Severity::kError,
            fmt::format("the contract is for Megatron {}, and the checkout is {}", wanted, version),
            fmt::format("check out core_v{}, or compile the contract for its release", wanted),
            {"paths.megatron"});
        finding.surface = base::Surface::kSeam;
        Sides(finding, "paths.megatron", contract_->dialect, version);
      }
    }
    const std::string stated = TextAt(megatron, "path");
    const json& module = ObjectAt(ObjectAt(Facts("python"), "modules"), "megatron");
    const std::string wins = TextAt(module, "file");
    if (!wins.empty() && !wins.starts_with(stated + "/")) {
      auto& finding = Add("PROBE0018", Severity::kError,
                          fmt::format("Python imports megatron from {}, not from the checkout",
                                      base::EscapeControls(wins)),
                          "uninstall it there, or take it off PYTHONPATH", {"paths.megatron"});
      finding.surface = base::Surface::kSeam;
      Sides(finding, "paths.megatron", stated, wins);
      for (const std::string& note : report_.Find("python")->notes) finding.notes.push_back(note);
    }
    const json& changes = Facts("megatron_changes");
    const std::int64_t changed = NumberAt(changes, "changed_files");
    if (changed == 0) return;
    auto& finding =
        Add("PROBE0019", Severity::kWarning,
            fmt::format("{} files of the checkout are not as its commit has them", changed),
            "commit them: a receipt names the commit alone", {"paths.megatron"});
    if (const auto some = changes.find("some"); some != changes.end() && some->is_array()) {
      for (const json& file : *some) {
        if (file.is_string())
          finding.notes.push_back(base::EscapeControls(file.get<std::string>()));
      }
    }
  }

  const ProbeReport& report_;
  const base::Loaded<host::Host>* host_;
  const contract::ReadContract* contract_;
  std::set<std::string> told_;
  base::Diagnostics found_;
};

std::int64_t BytesOf(const std::string& type) {
  if (type == "fp8") return 1;
  return type == "fp16" || type == "bf16" ? 2 : 4;
}

}  // namespace

base::Diagnostics Compare(const ProbeReport& report, const base::Loaded<host::Host>* host,
                          const contract::ReadContract* contract) {
  return Comparison(report, host, contract).Take();
}

std::optional<std::int64_t> LeastGpuBytes(const contract::ReadContract& contract) {
  if (contract.dialect == "native") return std::nullopt;
  const policy::Policy& policy = contract.policy;
  const policy::Layout& layout = policy.layout;
  std::int64_t most = 0;
  for (std::int64_t stage = 0; stage < layout.pipeline_parallel; ++stage) {
    most = std::max(most, plan::ParametersOnRank(contract.plan, stage,
                                                 {layout.tensor_parallel, layout.expert_parallel,
                                                  layout.expert_tensor_parallel}));
  }
  const policy::Optimizer& optimizer = policy.optimizer;
  const bool full = policy.precision.compute == "fp32";
  const bool aware = optimizer.precision_aware;
  const std::int64_t weights = full ? 4 : policy.precision.fp8_param_gather ? 1 : 2;
  const std::int64_t gradients = !full && (policy.precision.grad_reduce_in_bf16 ||
                                           (aware && optimizer.main_grads_dtype != "fp32"))
                                     ? 2
                                     : 4;
  std::int64_t state = full ? 0 : aware ? BytesOf(optimizer.main_params_dtype) : 4;
  state += aware ? BytesOf(optimizer.exp_avg_dtype) : 4;
  if (optimizer.kind == "adam") state += aware ? BytesOf(optimizer.exp_avg_sq_dtype) : 4;
  double share = 1 - optimizer.cpu_offload_fraction;
  if (optimizer.distributed) {
    // Experts are shared among fewer ranks; this is the least.
    share /= static_cast<double>(layout.world_size) /
             static_cast<double>(layout.tensor_parallel * layout.pipeline_parallel);
  }
  const auto bytes = static_cast<double>(most);
  return static_cast<std::int64_t>(
      std::floor(bytes * static_cast<double>(weights + gradients) +
                 bytes * static_cast<double>(state) * std::max(share, 0.0)));
}

}  // namespace nam56r::launch::probe
