// GPUs and the fabric between them.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "src/launch/probe/subject.h"

namespace nam56r::launch::probe::internal {
namespace {

using nlohmann::json;

// NVML writes eight digits of the domain, /sys four: "00000000:1B:00.0" -> "0000:1b:00.0".
std::string SysBusId(std::string id) {
  std::transform(id.begin(), id.end(), id.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::size_t colon = id.find(':');
  return colon != std::string::npos && colon > 4 ? id.substr(colon - 4) : id;
}

json ToJson(const EccErrors& errors) {
  return {{"corrected", errors.corrected}, {"uncorrected", errors.uncorrected}};
}

json ToJson(const Gpu& gpu, const Subject& subject) {
  json entry = {{"name", gpu.name},
                {"uuid", gpu.uuid},
                {"pci_bus_id", gpu.pci_bus_id},
                {"architecture", gpu.architecture},
                {"memory_bytes", gpu.memory_total},
                {"memory_used_bytes", gpu.memory_used},
                {"memory_reserved_bytes", gpu.memory_reserved},
                {"links", gpu.links},
                {"links_active", gpu.links_active},
                {"clock_limits", gpu.clock_limits}};
  json processes = json::array();
  for (const GpuProcess& process : gpu.processes) {
    json one = {{"pid", process.pid}};
    if (process.bytes) one["bytes"] = *process.bytes;
    // Of another pid name space there is no name here.
    const auto name = subject.files.Line(fmt::format("/proc/{}/comm", process.pid));
    if (name) one["name"] = *name;
    processes.push_back(std::move(one));
  }
  entry["processes"] = std::move(processes);
  if (gpu.ecc_volatile) entry["ecc_volatile"] = ToJson(*gpu.ecc_volatile);
  if (gpu.ecc_aggregate) entry["ecc_aggregate"] = ToJson(*gpu.ecc_aggregate);
  if (gpu.mig) entry["mig"] = *gpu.mig;
  if (gpu.persistence) entry["persistence"] = *gpu.persistence;
  if (gpu.fabric) entry["fabric"] = *gpu.fabric;
  return entry;
}

}  // namespace

ProbeItem ProbeGpus(const Subject& subject) {
  const NvmlReading reading = subject.world->Gpus();
  if (!reading.present) {
    // Without a driver there is nothing to fail; with one, NVML should have answered.
    if (!subject.files.Exists("/proc/driver/nvidia/version")) return Skipped(reading.why);
    return Failed(reading.why + ", yet /proc/driver/nvidia/version is there");
  }
  ProbeItem item;
  item.notes = reading.not_read;
  item.facts = {{"driver", reading.driver},
                {"cuda", reading.cuda},
                {"count", reading.gpus.size() + reading.not_read.size()}};
  Topology topology;
  bool read = false;
  json gpus = json::array();
  for (const Gpu& gpu : reading.gpus) {
    json entry = ToJson(gpu, subject);
    const std::string device = "/sys/bus/pci/devices/" + SysBusId(gpu.pci_bus_id);
    if (const auto cpus = subject.files.Line(device + "/local_cpulist")) {
      entry["cpus"] = *cpus;
      if (!read) topology = subject.world->Processors();
      read = true;
      if (const auto node = NodeOf(topology, *cpus)) entry["numa_node"] = *node;
    }
    gpus.push_back(std::move(entry));
  }
  item.facts["device"] = std::move(gpus);
  return item;
}

ProbeItem ProbeFabric(const Subject& subject) {
  std::int64_t switches = 0;
  for (const std::string& name : subject.files.Names("/dev")) {
    constexpr std::string_view kSwitch = "nvidia-nvswitch";
    if (name.starts_with(kSwitch) && ToNumber(name.substr(kSwitch.size()))) ++switches;
  }
  if (switches == 0) return Skipped("no NVSwitch here");
  bool running = false;
  for (const std::string& name : subject.files.Names("/proc")) {
    if (!ToNumber(name)) continue;
    // The kernel cuts names of programs after 15 characters: nv-fabricmanager.
    running =
        running ||
        subject.files.Line("/proc/" + name + "/comm").value_or("").starts_with("nv-fabricmanag");
  }
  ProbeItem item;
  item.facts = {{"switches", switches}, {"manager", running ? "running" : "not seen"}};
  if (!running) {
    item.notes.emplace_back(
        "nv-fabricmanager is not among the processes seen here; a container does not see the "
        "machine's");
  }
  return item;
}

}  // namespace nam56r::launch::probe::internal
