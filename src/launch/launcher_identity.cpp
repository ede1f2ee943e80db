#include "src/launch/launcher_identity.h"

#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>

namespace nam56r::launch {
namespace {

std::string BootId() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  file >> id;
  return id;
}

std::string Hostname() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

// proc(5), /proc/pid/stat: field 22. 0: there is no such process, or it is a zombie. The second
// field is the program's name in parentheses and may hold anything, so fields are counted behind
// it.
std::int64_t StartTicks(std::int64_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  // Not through iterators: those throw when the process ends while it is read.
  std::ostringstream read;
  read << file.rdbuf();
  const std::string text = read.str();
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(text.substr(name_end + 1));
  std::string state;
  fields >> state;
  if (state == "Z" || state == "X") return 0;
  std::string skipped;
  for (int field = 4; field < 22; ++field) fields >> skipped;
  std::int64_t ticks = 0;
  fields >> ticks;
  return ticks;
}

template <class T>
void ReadInto(const nlohmann::json& json, const char* key, T& value) {
  const auto it = json.find(key);
  if (it == json.end()) return;
  if constexpr (std::is_same_v<T, std::string>) {
    if (it->is_string()) value = it->get<std::string>();
  } else {
    if (it->is_number_integer()) value = it->get<T>();
  }
}

}  // namespace

LauncherIdentity ThisLauncher() {
  const auto pid = static_cast<std::int64_t>(::getpid());
  return {pid, StartTicks(pid), BootId(), Hostname()};
}

Liveness LivenessOf(const LauncherIdentity& identity) {
  if (identity.hostname != Hostname()) return Liveness::kElsewhere;
  if (identity.boot_id != BootId() || identity.pid <= 0) return Liveness::kGone;
  const std::int64_t ticks = StartTicks(identity.pid);
  return ticks != 0 && ticks == identity.start_ticks ? Liveness::kAlive : Liveness::kGone;
}

nlohmann::json ToJson(const LauncherIdentity& identity) {
  return {{"pid", identity.pid},
          {"start_ticks", identity.start_ticks},
          {"boot_id", identity.boot_id},
          {"hostname", identity.hostname}};
}

LauncherIdentity LauncherFromJson(const nlohmann::json& json) {
  LauncherIdentity identity;
  if (!json.is_object()) return identity;
  ReadInto(json, "pid", identity.pid);
  ReadInto(json, "start_ticks", identity.start_ticks);
  ReadInto(json, "boot_id", identity.boot_id);
  ReadInto(json, "hostname", identity.hostname);
  return identity;
}

}  // namespace nam56r::launch
