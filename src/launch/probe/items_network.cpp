// Interfaces, InfiniBand, and where the ranks meet.
#include <fmt/format.h>

#include <algorithm>

#include "src/launch/probe/subject.h"

namespace nam56r::launch::probe::internal {
namespace {

using nlohmann::json;

bool IsThisMachine(const Subject& subject) {
  const std::string& wanted = subject.master_addr;
  if (wanted.empty() || wanted == "localhost" || wanted.starts_with("127.")) return true;
  if (subject.files.Line("/proc/sys/kernel/hostname") == wanted) return true;
  const auto addresses = subject.world->Addresses();
  return std::any_of(addresses.begin(), addresses.end(),
                     [&](const InterfaceAddress& own) { return own.address == wanted; });
}

}  // namespace

ProbeItem ProbeInterfaces(const Subject& subject) {
  constexpr std::size_t kMost = 256;
  const std::filesystem::path folder = "/sys/class/net";
  ProbeItem item;
  for (const std::string& name : subject.files.Names(folder, kMost)) {
    json entry = json::object();
    if (const auto state = subject.files.Line(folder / name / "operstate")) entry["state"] = *state;
    if (const auto mtu = subject.files.Number(folder / name / "mtu")) entry["mtu"] = *mtu;
    // -1 where there is no cable, or none is possible.
    const auto speed = subject.files.Number(folder / name / "speed");
    if (speed && *speed > 0) entry["speed_mbit"] = *speed;
    entry["addresses"] = json::array();
    item.facts[name] = std::move(entry);
  }
  for (const InterfaceAddress& own : subject.world->Addresses()) {
    item.facts[own.interface]["addresses"].push_back(own.address);
  }
  if (item.facts.empty()) return Failed("no network interface is seen");
  return item;
}

ProbeItem ProbeInfiniband(const Subject& subject) {
  const std::filesystem::path folder = "/sys/class/infiniband";
  const auto devices = subject.files.Names(folder);
  if (devices.empty()) return Skipped("no InfiniBand device here");
  ProbeItem item;
  for (const std::string& name : devices) {
    json entry = json::object();
    const auto put = [&](const char* key, const std::optional<std::string>& value) {
      if (value && !value->empty()) entry[key] = *value;
    };
    put("firmware", subject.files.Line(folder / name / "fw_ver"));
    put("type", subject.files.Line(folder / name / "hca_type"));
    if (const auto node = subject.files.Number(folder / name / "device/numa_node");
        node && *node >= 0) {
      entry["numa_node"] = *node;
    }
    for (const std::string& port : subject.files.Names(folder / name / "ports")) {
      const auto at = folder / name / "ports" / port;
      // "4: ACTIVE": the number says nothing that the word does not.
      std::string state = subject.files.Line(at / "state").value_or("");
      if (const auto colon = state.find(": "); colon != std::string::npos)
        state.erase(0, colon + 2);
      entry["port"][port] = {{"state", state},
                             {"rate", subject.files.Line(at / "rate").value_or("")},
                             {"layer", subject.files.Line(at / "link_layer").value_or("")}};
    }
    item.facts[name] = std::move(entry);
  }
  return item;
}

ProbeItem ProbeMasterPort(const Subject& subject) {
  if (subject.master_port == 0) return Skipped("launch takes one that is free");
  if (!IsThisMachine(subject)) return Skipped(subject.master_addr + " is another machine's");
  ProbeItem item;
  const std::string why = subject.world->TryPort(subject.master_addr, subject.master_port);
  item.facts = {
      {"address", subject.master_addr}, {"port", subject.master_port}, {"free", why.empty()}};
  if (!why.empty()) item.facts["error"] = why;
  return item;
}

ProbeItem ProbeMaster(const Subject& subject) {
  if (IsThisMachine(subject)) return Skipped("ranks meet on this machine");
  constexpr std::chrono::milliseconds kLimit{3000};
  ProbeItem item;
  // Any port answers, with a refusal at least, unless a firewall drops it.
  const std::int64_t port = subject.master_port != 0 ? subject.master_port : 22;
  const std::string why =
      subject.world->TryReach(subject.master_addr, port, std::min(kLimit, subject.limit / 2));
  item.facts = {{"address", subject.master_addr}, {"reached", why.empty()}};
  if (!why.empty()) item.facts["error"] = why;
  return item;
}

}  // namespace nam56r::launch::probe::internal
