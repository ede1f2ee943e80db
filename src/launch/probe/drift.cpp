#include "src/launch/probe/drift.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "src/base/files.h"
#include "src/base/nearest_name.h"
#include "src/base/utf8.h"
#include "src/launch/host_error.h"
#include "src/launch/probe/files.h"
#include "src/launch/receipt.h"

namespace nam56r::launch::probe {
namespace {

using nlohmann::json;

constexpr std::string_view kNodes = "nodes of one cluster take turns, and this is a node's own";
constexpr std::string_view kUse = "it follows what else runs here";
constexpr std::string_view kTime = "it is a time";

constexpr std::array kVolatile = {
    VolatileField{"system.hostname", kNodes},
    VolatileField{"system.boot_id", kNodes},
    VolatileField{"system.clock", kTime},
    VolatileField{"cpu.allowed_threads", "a batch system deals them out anew for each job"},
    VolatileField{"cpu.numa.*.memory_bytes", "the kernel reserves a little more or less each boot"},
    VolatileField{"memory.total_bytes", "the kernel reserves a little more or less each boot"},
    VolatileField{"memory.usable_bytes", "the kernel reserves a little more or less each boot"},
    VolatileField{"memory.available_bytes", kUse},
    VolatileField{"memory.group_limit_bytes", "a batch system sets it anew for each job"},
    VolatileField{"memory.group_limit_file", "a batch system sets it anew for each job"},
    VolatileField{"memory.group_used_bytes", kUse},
    VolatileField{"shm.free_bytes", kUse},
    VolatileField{"limits.group_processes", "a batch system sets it anew for each job"},
    VolatileField{"interface", "containers come and go; the one that a host names is checked"},
    VolatileField{"disk.*.path", "where a run writes decides nothing that it computes"},
    VolatileField{"disk.*.exists", "the first run makes it"},
    VolatileField{"disk.*.total_bytes", kUse},
    VolatileField{"disk.*.free_bytes", kUse},
    VolatileField{"cache", "the contract decides it, a run fills it; another's is a finding"},
    VolatileField{"lock", "compilers take them and give them back"},
    VolatileField{"gpu.device.*.uuid", kNodes},
    VolatileField{"gpu.device.*.pci_bus_id", kNodes},
    VolatileField{"gpu.device.*.memory_used_bytes", kUse},
    VolatileField{"gpu.device.*.processes", kUse},
    VolatileField{"gpu.device.*.clock_limits", kUse},
    VolatileField{"gpu.device.*.ecc_volatile", "it counts from the driver's start"},
    VolatileField{"gpu.device.*.ecc_aggregate", "it grows with age; errors of now are findings"},
    VolatileField{"gpu.device.*.cpus", kNodes},
    VolatileField{"gpu.device.*.numa_node", kNodes},
    VolatileField{"fabric.manager", "a container may see it or not"},
    VolatileField{"python.path", "folders without the module that wins change nothing"},
    VolatileField{"library.count", "the libraries that matter are listed one by one"},
    VolatileField{"megatron.branch", "the commit says it exactly"},
    VolatileField{"master_port", "any free port does"},
    VolatileField{"master", "it follows the job"},
};

bool Matches(std::string_view pattern, std::string_view name) {
  const auto wanted = Split(pattern, '.');
  const auto parts = Split(name, '.');
  if (parts.size() < wanted.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] != "*" && wanted[i] != parts[i]) return false;
  }
  return true;
}

bool IsBelow(std::string_view name, std::string_view prefix) {
  return name.starts_with(prefix) && (name.size() == prefix.size() || name[prefix.size()] == '.');
}

std::map<std::string, json> Leaves(const ProbeReport& report) {
  std::map<std::string, json> all;
  for (const ProbeItem& item : report.items) {
    if (item.status == ItemStatus::kOk) all.merge(Flatten(item.item, item.facts));
  }
  return all;
}

// Whether a report that lacks |name| merely did not get to it: a digest that was not done in time.
bool MayBeUndone(const std::string& name) { return name.ends_with(".digest"); }

// "library.nccl" of "library.nccl.version"; all GPUs are one group, and so are a module's fields.
std::string GroupOf(const std::string& name) {
  const auto parts = Split(name, '.');
  std::size_t length = std::min<std::size_t>(2, parts.size());
  if (name.starts_with("python.modules.")) length = 3;
  return fmt::format(
      "{}", fmt::join(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(length), "."));
}

std::string Shown(const std::optional<json>& value) {
  if (!value) return "(not there)";
  return base::EscapeControls(value->is_string() ? value->get<std::string>() : value->dump());
}

base::Diagnostics UnknownNames(const std::vector<std::string>& accepted,
                               const std::set<std::string>& names) {
  std::set<std::string> prefixes;
  for (const std::string& name : names) {
    if (FindVolatile(name) != nullptr) continue;
    for (std::size_t dot = name.find('.'); dot != std::string::npos;
         dot = name.find('.', dot + 1)) {
      prefixes.insert(name.substr(0, dot));
    }
    prefixes.insert(name);
  }
  base::Diagnostics errors;
  for (const std::string& name : accepted) {
    if (prefixes.contains(name)) continue;
    base::Diagnostic error = HostError(
        "PROBE0011", fmt::format("no probed value is called '{}'", base::EscapeControls(name)),
        "leave it out, or take a name that nam56r probe --format json shows");
    if (const VolatileField* field = FindVolatile(name)) {
      error.message = fmt::format("'{}' never counts as drift: {}", name, field->why);
      error.fix = "leave it out";
    } else {
      const std::vector<std::string> valid(prefixes.begin(), prefixes.end());
      if (const auto nearest = base::NearestName(name, valid)) {
        error.message += fmt::format("; did you mean '{}'?", *nearest);
        error.fix = fmt::format("write '{}'", *nearest);
      }
      for (const std::string& one : valid) {
        if (std::count(one.begin(), one.end(), '.') == 1) error.valid.push_back(one);
      }
    }
    error.fields = {name};
    errors.push_back(std::move(error));
  }
  return errors;
}

base::Diagnostics Refusals(const std::vector<DriftField>& fields) {
  std::vector<std::string> groups;
  std::map<std::string, std::vector<const DriftField*>> by_group;
  for (const DriftField& field : fields) {
    if (!field.accepted_by.empty()) continue;
    const std::string group = GroupOf(field.name);
    if (!by_group.contains(group)) groups.push_back(group);
    by_group[group].push_back(&field);
  }
  base::Diagnostics errors;
  for (const std::string& group : groups) {
    base::Diagnostic error =
        HostError("PROBE0010", fmt::format("{} is not what it was in the last good run", group),
                  fmt::format("put it back, or accept it: --accept-drift {}", group));
    for (const DriftField* field : by_group[group]) {
      error.fields.push_back(field->name);
      error.notes.push_back(
          fmt::format("{}: {} -> {}", field->name, Shown(field->before), Shown(field->now)));
    }
    errors.push_back(std::move(error));
  }
  return errors;
}

}  // namespace

std::span<const VolatileField> VolatileFields() { return kVolatile; }

const VolatileField* FindVolatile(std::string_view name) {
  for (const VolatileField& field : kVolatile) {
    if (Matches(field.pattern, name)) return &field;
  }
  return nullptr;
}

DriftReport Drift(const ProbeReport& before, const ProbeReport& now,
                  const std::vector<std::string>& accepted, const std::string& name) {
  DriftReport drift;
  drift.before = name;
  drift.compared = true;
  const auto old_leaves = Leaves(before);
  const auto new_leaves = Leaves(now);
  std::set<std::string> names;
  for (const auto* leaves : {&old_leaves, &new_leaves}) {
    for (const auto& [leaf, value] : *leaves) names.insert(leaf);
  }

  std::set<std::string> one_sided;
  for (const auto* report : {&before, &now}) {
    const ProbeReport& other = report == &before ? now : before;
    for (const ProbeItem& item : report->items) {
      const ProbeItem* there = other.Find(item.item);
      const bool ok = item.status == ItemStatus::kOk;
      if (there != nullptr && (there->status == ItemStatus::kOk) == ok) continue;
      if (!ok || FindVolatile(item.item) != nullptr) continue;
      // A thing that is gone is drift; one that could not be looked at is not.
      if (there != nullptr && there->status == ItemStatus::kSkipped) continue;
      one_sided.insert(item.item);
      drift.not_compared.push_back(fmt::format("{}: {} {}", item.item,
                                               there == nullptr ? "not known" : there->why,
                                               report == &before ? "now" : "before"));
    }
  }
  for (const std::string& leaf : names) {
    const auto was = old_leaves.find(leaf);
    const auto is = new_leaves.find(leaf);
    const bool both = was != old_leaves.end() && is != new_leaves.end();
    if (both && was->second == is->second) continue;
    if (FindVolatile(leaf) != nullptr) continue;
    if (one_sided.contains(leaf.substr(0, leaf.find('.')))) continue;
    if (!both && MayBeUndone(leaf)) {
      // Its siblings tell whether the thing itself came or went.
      const std::string parent = leaf.substr(0, leaf.rfind('.'));
      const auto& lacking = was == old_leaves.end() ? old_leaves : new_leaves;
      const auto sibling = lacking.lower_bound(parent + ".");
      if (sibling != lacking.end() && IsBelow(sibling->first, parent)) {
        drift.not_compared.push_back(leaf + ": not taken " +
                                     (was == old_leaves.end() ? "before" : "now"));
        continue;
      }
    }
    DriftField field{leaf, std::nullopt, std::nullopt, {}};
    if (was != old_leaves.end()) field.before = was->second;
    if (is != new_leaves.end()) field.now = is->second;
    for (const std::string& prefix : accepted) {
      if (field.accepted_by.empty() && IsBelow(leaf, prefix)) field.accepted_by = prefix;
    }
    drift.fields.push_back(std::move(field));
  }
  drift.errors = Refusals(drift.fields);
  const base::Diagnostics unknown = UnknownNames(accepted, names);
  drift.errors.insert(drift.errors.end(), unknown.begin(), unknown.end());
  return drift;
}

DriftReport Drift(const json& before, const ProbeReport& now,
                  const std::vector<std::string>& accepted, const std::string& name) {
  const auto report = FromJson(before);
  if (report) return Drift(*report, now, accepted, name);
  DriftReport drift;
  drift.before = name;
  drift.why = "what was kept is no probe of this format";
  drift.errors = UnknownNames(accepted, [&] {
    std::set<std::string> names;
    for (const auto& [leaf, value] : Leaves(now)) names.insert(leaf);
    return names;
  }());
  return drift;
}

json ToJson(const DriftReport& drift) {
  json fields = json::array();
  for (const DriftField& field : drift.fields) {
    json entry = {{"name", field.name},
                  {"before", field.before.value_or(json())},
                  {"now", field.now.value_or(json())}};
    if (!field.accepted_by.empty()) entry["accepted_by"] = field.accepted_by;
    fields.push_back(std::move(entry));
  }
  json document = {{"compared", drift.compared},
                   {"fields", std::move(fields)},
                   {"not_compared", drift.not_compared}};
  if (!drift.why.empty()) document["why"] = drift.why;
  if (!drift.before.empty()) document["before"] = drift.before;
  return document;
}

json ProbeOfReceipt(const std::filesystem::path& receipt) {
  constexpr std::uintmax_t kMaxBytes = 16u << 20;
  const auto text = base::ReadFile(receipt / "proof.json", base::Surface::kHost, kMaxBytes);
  if (!text) return nullptr;
  const json proof = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!proof.is_object() || !proof.contains("probe")) return nullptr;
  return proof["probe"];
}

std::optional<LastGood> FindLastGood(const std::filesystem::path& runs, const std::string& digest,
                                     const std::string& name) {
  const auto list = ListReceipts(runs);
  if (!list) return std::nullopt;
  for (const bool same : {true, false}) {
    for (const Receipt& receipt : list->receipts) {  // newest first
      if (receipt.state != ReceiptState::kSucceeded) continue;
      if (same ? receipt.digest != digest : receipt.name != name) continue;
      json probe = ProbeOfReceipt(receipt.directory);
      if (probe.is_null()) continue;
      return LastGood{receipt.id, receipt.directory, same, std::move(probe)};
    }
  }
  return std::nullopt;
}

}  // namespace nam56r::launch::probe
