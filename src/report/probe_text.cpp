#include "src/report/probe_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "src/base/units.h"
#include "src/base/utf8.h"
#include "src/report/text_table.h"

namespace nam56r::report {
namespace {

using base::EscapeControls;
using base::HumanBytes;
using launch::probe::ItemStatus;
using launch::probe::NumberAt;
using launch::probe::ObjectAt;
using launch::probe::ProbeItem;
using launch::probe::ProbeReport;
using launch::probe::TextAt;
using nlohmann::json;

/// Lines of a group: a label and what stands behind it.
class Group {
 public:
  void Add(const std::string& label, const std::string& value) {
    if (!value.empty()) rows_.push_back({label, EscapeControls(value)});
  }
  bool empty() const { return rows_.empty(); }
  std::string Text(const std::string& title) const {
    if (rows_.empty()) return {};
    std::size_t width = 0;
    for (const auto& [label, value] : rows_) width = std::max(width, label.size());
    std::string text = title + "\n";
    for (const auto& [label, value] : rows_) {
      text += fmt::format("  {:<{}}  {}\n", label, width, value);
    }
    return text + "\n";
  }

 private:
  std::vector<std::pair<std::string, std::string>> rows_;
};

std::string Shown(const json& value) {
  return EscapeControls(value.is_string() ? value.get<std::string>() : value.dump());
}

std::string Limit(const json& limits, const char* key) {
  const json& limit = ObjectAt(limits, key);
  const auto soft = limit.find("soft");
  if (soft == limit.end()) return {};
  const bool bytes = std::string_view(key).ends_with("_bytes");
  if (bytes && soft->is_number_integer()) return HumanBytes(soft->get<std::int64_t>());
  return Shown(*soft);
}

Group Machine(const ProbeReport& report) {
  Group group;
  const json& system = report.Facts("system");
  group.Add("name", TextAt(system, "hostname"));
  group.Add("system",
            fmt::format("{}, kernel {}", TextAt(system, "distribution"), TextAt(system, "kernel")));
  const json& cpu = report.Facts("cpu");
  if (!cpu.empty()) {
    const std::int64_t threads = NumberAt(cpu, "threads");
    const std::int64_t allowed = NumberAt(cpu, "allowed_threads", threads);
    group.Add("processors",
              fmt::format(
                  "{} ({} cores, {} packages, {} NUMA nodes){}", threads, NumberAt(cpu, "cores"),
                  NumberAt(cpu, "packages"), NumberAt(cpu, "numa_nodes"),
                  allowed < threads ? fmt::format(", {} of them for this process", allowed) : ""));
    group.Add("", TextAt(system, "processor"));
  }
  const json& memory = report.Facts("memory");
  if (!memory.empty()) {
    std::string text = fmt::format("{}, {} available", HumanBytes(NumberAt(memory, "total_bytes")),
                                   HumanBytes(NumberAt(memory, "available_bytes")));
    if (memory.contains("group_limit_bytes")) {
      text += fmt::format("; the control group may have {}",
                          HumanBytes(NumberAt(memory, "group_limit_bytes")));
    }
    group.Add("memory", text);
  }
  const json& shm = report.Facts("shm");
  if (!shm.empty()) {
    group.Add("/dev/shm", fmt::format("{}, {} free", HumanBytes(NumberAt(shm, "total_bytes")),
                                      HumanBytes(NumberAt(shm, "free_bytes"))));
  }
  const json& limits = report.Facts("limits");
  if (!limits.empty()) {
    group.Add("limits", fmt::format("{} open files, {} processes, {} locked memory",
                                    Limit(limits, "open_files"), Limit(limits, "processes"),
                                    Limit(limits, "locked_memory_bytes")));
  }
  return group;
}

std::string GpuLine(const json& gpu) {
  std::string text = fmt::format(
      "{} {}, {} of {} free", TextAt(gpu, "name"), TextAt(gpu, "architecture"),
      HumanBytes(NumberAt(gpu, "memory_bytes") - NumberAt(gpu, "memory_reserved_bytes") -
                 NumberAt(gpu, "memory_used_bytes")),
      HumanBytes(NumberAt(gpu, "memory_bytes")));
  if (NumberAt(gpu, "links") > 0) {
    text +=
        fmt::format(", {} of {} NVLinks up", NumberAt(gpu, "links_active"), NumberAt(gpu, "links"));
  }
  if (gpu.contains("numa_node")) text += fmt::format(", NUMA node {}", NumberAt(gpu, "numa_node"));
  const auto processes = gpu.find("processes");
  if (processes != gpu.end() && processes->is_array() && !processes->empty()) {
    text += fmt::format(", held by {} processes", processes->size());
  }
  return text;
}

Group Gpus(const ProbeReport& report) {
  Group group;
  const json& facts = report.Facts("gpu");
  if (facts.empty()) return group;
  group.Add("driver",
            fmt::format("{}, up to CUDA {}", TextAt(facts, "driver"), TextAt(facts, "cuda")));
  const auto devices = facts.find("device");
  if (devices != facts.end() && devices->is_array()) {
    for (std::size_t i = 0; i < devices->size(); ++i) {
      group.Add(fmt::format("gpu {}", i), GpuLine((*devices)[i]));
    }
  }
  const json& fabric = report.Facts("fabric");
  if (!fabric.empty()) {
    group.Add("fabric", fmt::format("{} NVSwitches, manager {}", NumberAt(fabric, "switches"),
                                    TextAt(fabric, "manager")));
  }
  return group;
}

Group Network(const ProbeReport& report) {
  Group group;
  for (const auto& [name, facts] : report.Facts("interface").items()) {
    std::vector<std::string> addresses;
    const auto list = facts.find("addresses");
    if (list != facts.end() && list->is_array()) {
      for (const json& address : *list) {
        if (address.is_string()) addresses.push_back(address);
      }
    }
    if (addresses.empty()) continue;  // nobody can be reached over it
    group.Add(name, fmt::format("{}, {}", TextAt(facts, "state"), fmt::join(addresses, ", ")));
  }
  for (const auto& [name, facts] : report.Facts("infiniband").items()) {
    for (const auto& [port, state] : ObjectAt(facts, "port").items()) {
      group.Add(name + ":" + port,
                fmt::format("{}, {}", TextAt(state, "state"), TextAt(state, "rate")));
    }
  }
  const json& port = report.Facts("master_port");
  if (!port.empty()) {
    const auto free = port.find("free");
    group.Add("ranks meet at",
              fmt::format("{}:{}, {}", TextAt(port, "address"), NumberAt(port, "port"),
                          free != port.end() && *free == true ? "free" : TextAt(port, "error")));
  }
  return group;
}

Group Storage(const ProbeReport& report) {
  Group group;
  for (const auto& [name, facts] : report.Facts("disk").items()) {
    group.Add(name, fmt::format("{} free  {}", HumanBytes(NumberAt(facts, "free_bytes")),
                                TextAt(facts, "path")));
  }
  for (const auto& [name, facts] : report.Facts("cache").items()) {
    group.Add("cache " + name,
              fmt::format("{}  {}", TextAt(facts, "state"), TextAt(facts, "directory")));
  }
  const json& locks = report.Facts("lock");
  if (NumberAt(locks, "count") > 0) {
    group.Add("build locks", fmt::format("{}", NumberAt(locks, "count")));
  }
  return group;
}

std::string Short(const std::string& digest) {
  constexpr std::size_t kDigits = 12;
  const std::size_t colon = digest.find(':');
  return colon == std::string::npos ? digest : digest.substr(colon + 1, kDigits);
}

// name, version, digest, file.
std::string SoftwareText(const ProbeReport& report) {
  TextTable table({{"name"}, {"version"}, {"digest"}, {"file"}});
  bool any = false;
  const auto add = [&](const std::string& name, const json& facts, const char* file) {
    std::string at = TextAt(facts, file);
    if (at.empty() && facts.contains("missing")) at = "not found: " + TextAt(facts, "missing");
    table.Add({name, EscapeControls(TextAt(facts, "version")), Short(TextAt(facts, "digest")),
               EscapeControls(at)});
    any = true;
  };
  const auto item = [&](const char* name, const char* file) {
    if (!report.Facts(name).empty()) add(name, report.Facts(name), file);
  };
  item("worker", "path");
  item("python", "program");
  item("megatron", "path");
  for (const auto& [name, facts] : ObjectAt(report.Facts("python"), "modules").items()) {
    add("  " + name, facts, "file");
  }
  for (const auto& [name, facts] : report.Facts("library").items()) {
    if (facts.is_object()) add("lib " + name, facts, "path");
  }
  return any ? "software\n" + table.Text(2) + "\n" : "";
}

std::string Coloured(const std::string& text, const char* code, bool colour) {
  return colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
}

}  // namespace

std::string ProbeText(const ProbeReport& report, const ProbeTextOptions& options) {
  std::string text;
  if (options.all) {
    Group group;
    for (const ProbeItem& item : report.items) {
      for (const auto& [name, value] : launch::probe::Flatten(item.item, item.facts)) {
        group.Add(name, Shown(value));
      }
    }
    text += group.Text("found");
  } else {
    text += Machine(report).Text("machine") + Gpus(report).Text("GPUs") +
            Network(report).Text("network") + Storage(report).Text("storage") +
            SoftwareText(report);
  }
  Group not_seen;
  for (const ProbeItem& item : report.items) {
    if (item.status != ItemStatus::kOk) {
      not_seen.Add(item.item,
                   fmt::format("{}: {}", launch::probe::ItemStatusName(item.status), item.why));
    }
    for (const std::string& note : item.notes) not_seen.Add(item.item, note);
  }
  text += not_seen.Text("not seen");
  double seconds = 0;
  std::size_t done = 0;
  for (const ProbeItem& item : report.items) {
    seconds += item.seconds;
    done += item.status == ItemStatus::kOk ? 1 : 0;
  }
  return text + fmt::format("{} of {} items probed in {}\n", done, report.items.size(),
                            base::HumanSeconds(seconds));
}

std::string DriftText(const launch::probe::DriftReport& drift, const ProbeTextOptions& options) {
  if (!drift.compared) return fmt::format("drift: not compared, {}\n", drift.why);
  std::string text;
  const std::string before = drift.before.empty() ? "the last good run" : drift.before;
  if (drift.fields.empty()) {
    text = fmt::format("drift: none since {}\n", before);
  } else {
    text = fmt::format("drift since {}\n", before);
    for (const auto& field : drift.fields) {
      text += fmt::format(
          "  {}{}\n", EscapeControls(field.name),
          field.accepted_by.empty() ? "" : fmt::format("  (accepted: {})", field.accepted_by));
      if (field.before) {
        text += Coloured("    - " + Shown(*field.before), "31", options.colour) + "\n";
      }
      if (field.now) text += Coloured("    + " + Shown(*field.now), "32", options.colour) + "\n";
    }
  }
  for (const std::string& item : drift.not_compared) {
    text += fmt::format("  not compared: {}\n", EscapeControls(item));
  }
  return text;
}

}  // namespace nam56r::report
