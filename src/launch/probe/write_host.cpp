#include "src/launch/probe/write_host.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "src/host/host.h"

namespace nam56r::launch::probe {
namespace {

using nlohmann::json;

constexpr double kGib = 1024.0 * 1024 * 1024;

// A TOML basic string.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

// "NVIDIA H200 NVL" -> "H200": what recipes and policies call it.
std::string ShortGpu(const std::string& name) {
  std::string rest = name;
  for (const std::string_view maker : {"NVIDIA ", "Tesla ", "GeForce "}) {
    if (rest.starts_with(maker)) rest.erase(0, maker.size());
  }
  return rest.substr(0, rest.find(' '));
}

// The interface that others can reach: up, not the loopback, not a virtual one of containers.
std::string LikelyInterface(const json& interfaces) {
  for (const auto& [name, facts] : interfaces.items()) {
    const auto addresses = facts.find("addresses");
    const bool virtual_one = name == "lo" || name.starts_with("veth") ||
                             name.starts_with("docker") || name.starts_with("br-");
    if (virtual_one || TextAt(facts, "state") != "up") continue;
    if (addresses != facts.end() && addresses->is_array() && !addresses->empty()) return name;
  }
  return "lo";
}

}  // namespace

std::string HostToml(const ProbeReport& report, const HostFileOptions& options) {
  std::string name = options.name;
  if (name.empty() && options.paths) name = TextAt(report.Facts("system"), "hostname");
  if (name.empty()) name = "this-machine";
  std::string text =
      "# Written by nam56r probe --write-host; what it could not know is left out.\n\n[machine]\n";
  text += fmt::format("name = {}\nnodes = 1\n", Quoted(name));

  const json& gpus = report.Facts("gpu");
  const auto devices = gpus.find("device");
  const bool any = devices != gpus.end() && devices->is_array() && !devices->empty();
  text += fmt::format("gpus_per_node = {}\n", any ? devices->size() : 0);
  if (any) {
    const json& first = devices->front();
    double least = static_cast<double>(NumberAt(first, "memory_bytes") -
                                       NumberAt(first, "memory_reserved_bytes"));
    for (const json& gpu : *devices) {
      least = std::min(least, static_cast<double>(NumberAt(gpu, "memory_bytes") -
                                                  NumberAt(gpu, "memory_reserved_bytes")));
    }
    text += fmt::format("gpu = {}\n", Quoted(ShortGpu(TextAt(first, "name"))));
    text += fmt::format(
        "gpu_memory_gib = {:.2f}  # all but what the driver keeps; contexts take some of it\n",
        least / kGib);
    if (!TextAt(first, "architecture").empty()) {
      text += fmt::format("gpu_architecture = {}\n", Quoted(TextAt(first, "architecture")));
    }
  }
  const json& cpu = report.Facts("cpu");
  const std::int64_t threads = NumberAt(cpu, "threads");
  if (threads > 0) {
    text +=
        fmt::format("cores = {}\n", std::min(threads, NumberAt(cpu, "allowed_threads", threads)));
  }

  if (options.paths) {
    text += "\n[paths]\n";
    const std::string python = TextAt(report.Facts("python"), "interpreter");
    const std::string megatron = TextAt(report.Facts("megatron"), "path");
    const std::string worker = TextAt(report.Facts("worker"), "path");
    const json& disk = report.Facts("disk");
    for (const auto& [key, value] : std::initializer_list<std::pair<const char*, std::string>>{
             {"python", python},
             {"megatron", megatron},
             {"worker", worker},
             {"cache_root", TextAt(ObjectAt(disk, "cache_root"), "path")},
             {"runs", TextAt(ObjectAt(disk, "runs"), "path")}}) {
      if (!value.empty()) text += fmt::format("{} = {}\n", key, Quoted(value));
    }
  }

  const std::string likely = LikelyInterface(report.Facts("interface"));
  text += "\n[network]\ninterface = \"lo\"";
  if (likely != "lo") text += fmt::format("  # {} reaches other machines", likely);
  text += "\nmaster_addr = \"127.0.0.1\"\nmaster_port = 0  # a free one\n";

  std::string versions;
  const auto& known = host::KnownLibraries();
  for (const auto& [library, version] : FoundVersions(report)) {
    if (std::find(known.begin(), known.end(), library) == known.end()) continue;
    versions += fmt::format("{} = {}\n", library, Quoted(version));
  }
  if (!versions.empty()) text += "\n[versions]\n" + versions;
  return text;
}

}  // namespace nam56r::launch::probe
