#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/base/program.h"
#include "src/launch/probe/files.h"
#include "src/launch/probe/nvml.h"
#include "src/launch/probe/topology.h"

namespace nam56r::launch::probe {

struct Space {
  std::int64_t total_bytes = 0;
  std::int64_t free_bytes = 0;  ///< for this user
};

struct InterfaceAddress {
  std::string interface;
  std::string address;  ///< "10.0.0.7", "fe80::1"
};

/// Everything that a probe asks of the machine it runs on; tests make whole machines of their own.
/// Shared, because an item that does not answer in time is left behind with its world.
class World {
 public:
  virtual ~World() = default;

  /// Below it lie /proc, /sys, /dev, /etc and every other file of the machine.
  virtual std::filesystem::path Root() const = 0;
  /// Of the file system that |path|, which exists, lies on.
  virtual std::optional<Space> SpaceAt(const std::filesystem::path& path) = 0;
  virtual Topology Processors() = 0;
  virtual NvmlReading Gpus() = 0;
  virtual std::vector<InterfaceAddress> Addresses() = 0;
  /// Listens there for a moment; empty: it can be done, otherwise why not.
  virtual std::string TryPort(const std::string& address, std::int64_t port) = 0;
  /// Whether |address| can be reached: somebody answers at |port|, if only by a refusal. Empty:
  /// yes.
  virtual std::string TryReach(const std::string& address, std::int64_t port,
                               std::chrono::milliseconds limit) = 0;
  virtual base::ProgramRunner& Programs() = 0;
  /// Seconds since 1970.
  virtual std::int64_t Now() = 0;
};

/// This machine.
std::shared_ptr<World> ThisWorld();

}  // namespace nam56r::launch::probe
