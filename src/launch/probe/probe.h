#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "src/base/schema.h"
#include "src/contract/reader.h"
#include "src/host/host.h"
#include "src/launch/bind.h"
#include "src/launch/probe/report.h"
#include "src/launch/probe/world.h"

/// What a machine is, before anything is started on it. Cheap and local looks come first, then
/// programs, then the network: whatever takes too long or fails, there is a report of all the rest.
namespace nam56r::launch::probe {

struct ProbeRequest {
  const base::Loaded<host::Host>* host = nullptr;    ///< null: its defaults
  const contract::ReadContract* contract = nullptr;  ///< null: the machine alone
  const BoundRun* run = nullptr;  ///< what was bound: environment and program of rank 0, its port
  std::map<std::string, std::string> launcher_environment;  ///< see ProcessEnvironment()
  std::filesystem::path executable;  ///< of the launcher; empty: /proc/self/exe
  std::filesystem::path runs;        ///< directory of receipts; empty: the host's, then ./runs
  bool programs = true;              ///< run other programs (git)
  bool network = true;               ///< try the master's port, reach other machines
  /// An item that takes longer is failed and left behind. Digests of libraries that do not get done
  /// in half of it are missing from the report, which says so.
  std::chrono::milliseconds item_limit{10'000};
  std::shared_ptr<World> world;  ///< null: this machine
};

/// Never fails: an item that does says why.
ProbeReport Probe(const ProbeRequest& request);

/// All items, in the order in which they are looked at.
const std::vector<std::string>& ItemNames();

}  // namespace nam56r::launch::probe
