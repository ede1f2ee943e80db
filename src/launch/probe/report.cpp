#include "src/launch/probe/report.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace nam56r::launch::probe {
namespace {

using nlohmann::json;

constexpr std::array kStatuses = {std::pair{ItemStatus::kOk, std::string_view("ok")},
                                  std::pair{ItemStatus::kFailed, std::string_view("failed")},
                                  std::pair{ItemStatus::kSkipped, std::string_view("skipped")}};

const json& Empty() {
  static const json empty = json::object();
  return empty;
}

}  // namespace

std::string_view ItemStatusName(ItemStatus status) {
  for (const auto& [value, name] : kStatuses) {
    if (value == status) return name;
  }
  return {};
}

const ProbeItem* ProbeReport::Find(std::string_view item) const {
  for (const ProbeItem& entry : items) {
    if (entry.item == item) return &entry;
  }
  return nullptr;
}

const json& ProbeReport::Facts(std::string_view item) const {
  const ProbeItem* entry = Find(item);
  return entry != nullptr && entry->status == ItemStatus::kOk ? entry->facts : Empty();
}

json ToJson(const ProbeReport& report) {
  json items = json::array();
  for (const ProbeItem& item : report.items) {
    json entry = {{"item", item.item},
                  {"status", ItemStatusName(item.status)},
                  {"seconds", item.seconds},
                  {"facts", item.facts}};
    if (!item.why.empty()) entry["why"] = item.why;
    if (!item.notes.empty()) entry["notes"] = item.notes;
    items.push_back(std::move(entry));
  }
  return {{"format", kProbeFormat}, {"items", std::move(items)}};
}

std::optional<ProbeReport> FromJson(const json& document) {
  if (!document.is_object() || TextAt(document, "format") != kProbeFormat) return std::nullopt;
  const auto items = document.find("items");
  if (items == document.end() || !items->is_array()) return std::nullopt;
  ProbeReport report;
  for (const json& entry : *items) {
    if (!entry.is_object()) return std::nullopt;
    ProbeItem item;
    item.item = TextAt(entry, "item");
    item.why = TextAt(entry, "why");
    item.facts = ObjectAt(entry, "facts");
    const auto seconds = entry.find("seconds");
    if (seconds != entry.end() && seconds->is_number()) item.seconds = *seconds;
    if (const auto notes = entry.find("notes"); notes != entry.end() && notes->is_array()) {
      for (const json& note : *notes) {
        if (note.is_string()) item.notes.push_back(note);
      }
    }
    bool known = false;
    for (const auto& [status, name] : kStatuses) {
      if (TextAt(entry, "status") != name) continue;
      item.status = status;
      known = true;
    }
    if (!known || item.item.empty()) return std::nullopt;
    report.items.push_back(std::move(item));
  }
  return report;
}

std::map<std::string, json> Flatten(const std::string& prefix, const json& facts) {
  std::map<std::string, json> leaves;
  const auto add = [&](const std::string& key, const json& value) {
    leaves.merge(Flatten(prefix + "." + key, value));
  };
  if (facts.is_object()) {
    for (const auto& [key, value] : facts.items()) add(key, value);
  } else if (facts.is_array() && !facts.empty() && facts[0].is_object()) {
    for (std::size_t i = 0; i < facts.size(); ++i) add(std::to_string(i), facts[i]);
  } else if (!facts.is_null()) {
    leaves[prefix] = facts;
  }
  return leaves;
}

std::string TextAt(const json& object, std::string_view key) {
  if (!object.is_object()) return {};
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

std::int64_t NumberAt(const json& object, std::string_view key, std::int64_t otherwise) {
  if (!object.is_object()) return otherwise;
  const auto at = object.find(key);
  return at != object.end() && at->is_number_integer() ? at->get<std::int64_t>() : otherwise;
}

const json& ObjectAt(const json& object, std::string_view key) {
  if (!object.is_object()) return Empty();
  const auto at = object.find(key);
  return at != object.end() && at->is_object() ? *at : Empty();
}

std::map<std::string, std::string> FoundVersions(const ProbeReport& report) {
  std::map<std::string, std::string> found;
  const auto put = [&](const std::string& name, const std::string& version) {
    if (!version.empty()) found.try_emplace(name, version);
  };
  put("kernel", TextAt(report.Facts("system"), "kernel"));
  put("driver", TextAt(report.Facts("gpu"), "driver"));
  const json& python = report.Facts("python");
  put("python", TextAt(python, "version"));
  put("megatron", TextAt(report.Facts("megatron"), "version"));
  // Names by which Python imports a package, where [versions] has another.
  static const std::map<std::string, std::string> other = {
      {"deep_ep", "deepep"},
      {"fast_hadamard_transform", "fast_hadamard"},
      {"fla", "flash_linear_attention"},
      {"tvm_ffi", "tvm_ffi"}};
  for (const auto& [module, facts] : ObjectAt(python, "modules").items()) {
    const auto renamed = other.find(module);
    put(renamed == other.end() ? module : renamed->second, TextAt(facts, "version"));
  }
  const json& libraries = report.Facts("library");
  for (const char* name : {"nccl", "cudnn", "gloo"}) {
    put(name, TextAt(ObjectAt(libraries, name), "version"));
  }
  put("libtorch", TextAt(ObjectAt(libraries, "torch_cpu"), "version"));
  // The toolkit that PyTorch was built with; the newest that the driver runs is another thing.
  put("cuda", TextAt(python, "torch_cuda"));
  put("cuda", TextAt(ObjectAt(libraries, "cudart"), "version"));
  return found;
}

}  // namespace nam56r::launch::probe
