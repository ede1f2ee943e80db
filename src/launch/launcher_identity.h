#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace nam56r::launch {

/// Which process launched a run, so that it can be told later whether that process still lives.
struct LauncherIdentity {
  std::int64_t pid = 0;
  std::int64_t start_ticks = 0;  ///< since boot; tells a process from a later one with its number
  std::string boot_id;           ///< changes when the machine restarts
  std::string hostname;
};

/// This process.
LauncherIdentity ThisLauncher();

enum class Liveness { kAlive, kGone, kElsewhere };

/// Whether the process that |identity| names lives; kElsewhere when it ran on another machine.
Liveness LivenessOf(const LauncherIdentity& identity);

nlohmann::json ToJson(const LauncherIdentity& identity);
/// Fields that are missing or of another type keep their defaults.
LauncherIdentity LauncherFromJson(const nlohmann::json& json);

}  // namespace nam56r::launch
