// The machine itself: kernel, processors, memory, limits.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "src/launch/probe/subject.h"
#include "src/launch/utc_time.h"

namespace nam56r::launch::probe::internal {
namespace {

using nlohmann::json;

constexpr std::int64_t kKib = 1024;

// "MemTotal:  131072 kB" -> bytes.
std::int64_t MemInfo(const std::string& text, const std::string& key) {
  for (const std::string& line : Split(text, '\n')) {
    if (!line.starts_with(key + ":")) continue;
    const std::string value = Trimmed(std::string_view(line).substr(key.size() + 1));
    return ToNumber(value.substr(0, value.find(' '))).value_or(0) * kKib;
  }
  return 0;
}

// What of /etc/os-release stands behind |key|=, without quotes.
std::string ReleaseValue(const std::string& text, const std::string& key) {
  for (const std::string& line : Split(text, '\n')) {
    if (!line.starts_with(key + "=")) continue;
    std::string value = Trimmed(std::string_view(line).substr(key.size() + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    return value;
  }
  return {};
}

struct GroupLimit {
  std::int64_t limit = 0;  ///< 0: none
  std::int64_t used = 0;
  std::string file;
};

// The tightest of this process's control group and those above it: version 2 says "0::/path", and
// its files lie below /sys/fs/cgroup; version 1 has a hierarchy for memory (cgroups(7)).
GroupLimit MemoryOfGroup(const Files& files) {
  GroupLimit tightest;
  const auto look = [&](const std::filesystem::path& folder, const char* limit, const char* used) {
    const auto number = files.Number(folder / limit);  // "max" is no number
    // Version 1 says "no limit" by the largest multiple of a page.
    if (!number || *number <= 0 || *number > (std::numeric_limits<std::int64_t>::max() >> 1))
      return;
    if (tightest.limit != 0 && tightest.limit <= *number) return;
    tightest = {*number, files.Number(folder / used).value_or(0), (folder / limit).string()};
  };
  for (const std::string& line : Split(files.Read("/proc/self/cgroup").value_or(""), '\n')) {
    const auto parts = Split(line, ':');
    if (parts.size() < 3) continue;
    const bool two = parts[0] == "0" && parts[1].empty();
    const auto controllers = Split(parts[1], ',');
    const bool memory =
        std::find(controllers.begin(), controllers.end(), "memory") != controllers.end();
    if (!two && !memory) continue;
    std::filesystem::path folder =
        std::filesystem::path(two ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory");
    const std::filesystem::path top = folder;
    folder /= std::filesystem::path(parts[2]).relative_path();
    for (;; folder = folder.parent_path()) {
      two ? look(folder, "memory.max", "memory.current")
          : look(folder, "memory.limit_in_bytes", "memory.usage_in_bytes");
      if (folder == top || !folder.has_relative_path()) break;
    }
  }
  look("/sys/fs/cgroup", "memory.max", "memory.current");  // as a container sees its own
  return tightest;
}

}  // namespace

ProbeItem ProbeSystem(const Subject& subject) {
  const Files& files = subject.files;
  ProbeItem item;
  const auto put = [&](const char* key, const std::optional<std::string>& value) {
    if (value && !value->empty()) item.facts[key] = *value;
  };
  put("hostname", files.Line("/proc/sys/kernel/hostname"));
  put("kernel", files.Line("/proc/sys/kernel/osrelease"));
  put("distribution", ReleaseValue(files.Read("/etc/os-release").value_or(""), "PRETTY_NAME"));
  put("boot_id", files.Line("/proc/sys/kernel/random/boot_id"));
  for (const std::string& line : Split(files.Read("/proc/cpuinfo", 1 << 16).value_or(""), '\n')) {
    if (!line.starts_with("model name")) continue;
    put("processor", Trimmed(line.substr(std::min(line.find(':') + 1, line.size()))));
    break;
  }
  item.facts["clock"] = UtcText(subject.world->Now());
  if (!item.facts.contains("kernel")) return Failed("/proc/sys/kernel/osrelease cannot be read");
  return item;
}

ProbeItem ProbeCpu(const Subject& subject) {
  const Topology topology = subject.world->Processors();
  if (!topology.why.empty()) return Failed(topology.why);
  ProbeItem item;
  item.facts = {{"packages", topology.packages},
                {"cores", topology.cores},
                {"threads", topology.threads},
                {"numa_nodes", topology.nodes.size()}};
  // "Cpus_allowed_list:	0-3" of /proc/self/status: what this process may use (proc(5)).
  for (const std::string& line :
       Split(subject.files.Read("/proc/self/status").value_or(""), '\n')) {
    constexpr std::string_view kKey = "Cpus_allowed_list:";
    if (!line.starts_with(kKey)) continue;
    std::int64_t allowed = 0;
    for (const std::string& range : Split(Trimmed(line.substr(kKey.size())), ',')) {
      const auto ends = Split(range, '-');
      const auto first = ToNumber(ends.front());
      const auto last = ToNumber(ends.back());
      if (first && last) allowed += *last - *first + 1;
    }
    if (allowed > 0) item.facts["allowed_threads"] = allowed;
  }
  for (const NumaNode& node : topology.nodes) {
    item.facts["numa"][std::to_string(node.number)] = {{"cpus", node.cpus},
                                                       {"memory_bytes", node.memory_bytes}};
  }
  return item;
}

ProbeItem ProbeMemory(const Subject& subject) {
  const auto text = subject.files.Read("/proc/meminfo");
  if (!text) return Failed("/proc/meminfo cannot be read");
  ProbeItem item;
  const std::int64_t total = MemInfo(*text, "MemTotal");
  const std::int64_t available = MemInfo(*text, "MemAvailable");
  item.facts = {{"total_bytes", total},
                {"available_bytes", available},
                {"swap_bytes", MemInfo(*text, "SwapTotal")},
                {"usable_bytes", total}};
  const GroupLimit group = MemoryOfGroup(subject.files);
  if (group.limit > 0) {
    item.facts["group_limit_bytes"] = group.limit;
    item.facts["group_used_bytes"] = group.used;
    item.facts["group_limit_file"] = group.file;
    item.facts["usable_bytes"] = std::min(total, group.limit);
  }
  return item;
}

ProbeItem ProbeShm(const Subject& subject) {
  if (!subject.files.IsFolder("/dev/shm")) return Failed("/dev/shm does not exist");
  const auto space = subject.world->SpaceAt("/dev/shm");
  if (!space) return Failed("/dev/shm does not say its size");
  ProbeItem item;
  item.facts = {{"total_bytes", space->total_bytes}, {"free_bytes", space->free_bytes}};
  return item;
}

ProbeItem ProbeLimits(const Subject& subject) {
  const auto text = subject.files.Read("/proc/self/limits");
  if (!text) return Failed("/proc/self/limits cannot be read");
  // Columns: name, soft, hard, unit; names hold blanks (proc(5)).
  static constexpr std::array kLimits = {
      std::pair{std::string_view("Max open files"), "open_files"},
      std::pair{std::string_view("Max processes"), "processes"},
      std::pair{std::string_view("Max locked memory"), "locked_memory_bytes"}};
  ProbeItem item;
  for (const std::string& line : Split(*text, '\n')) {
    for (const auto& [name, key] : kLimits) {
      if (!line.starts_with(name)) continue;
      std::vector<std::string> words;
      for (const std::string& word : Split(line.substr(name.size()), ' ')) {
        if (!word.empty()) words.push_back(word);
      }
      if (words.size() < 2) continue;
      const auto value = [](const std::string& word) {
        const auto number = ToNumber(word);
        return number ? json(*number) : json(word);  // "unlimited"
      };
      item.facts[key] = {{"soft", value(words[0])}, {"hard", value(words[1])}};
    }
  }
  if (const auto pids = subject.files.Number("/sys/fs/cgroup/pids.max")) {
    item.facts["group_processes"] = *pids;
  }
  if (item.facts.empty()) return Failed("/proc/self/limits says none that is known");
  return item;
}

}  // namespace nam56r::launch::probe::internal
