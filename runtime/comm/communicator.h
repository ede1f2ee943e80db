#pragma once

#include <chrono>
#include <map>
#include <memory>

#include "runtime/comm/activity.h"
#include "runtime/comm/gloo_group.h"
#include "runtime/comm/process_group.h"
#include "runtime/comm/rendezvous.h"
#include "runtime/comm/topology.h"
#include "src/base/expected.h"

namespace nam56r::runtime {

struct CommunicatorOptions {
  /// Of every operation, and of the rendezvous. A peer may compute for so long between two
  /// messages; longer means that it has stalled.
  std::chrono::milliseconds timeout = std::chrono::seconds(30);
  /// Told of every exchange while it lasts; outlives the communicator. Null: nobody asks.
  Activity* activity = nullptr;
};

/// This process among the others: its coordinates, and one process group for each purpose.
class Communicator {
 public:
  /// Returns when every rank has joined. Errors, surface host: COMM0003 the world and the topology
  /// differ, COMM0004 the ranks do not meet within the timeout.
  static base::Expected<std::unique_ptr<Communicator>> Connect(
      const Rendezvous& rendezvous, const Topology& topology,
      const CommunicatorOptions& options = {});

  std::int64_t rank() const { return rank_; }
  const Topology& topology() const { return topology_; }
  const Coordinates& at() const { return at_; }

  ProcessGroup& world() { return *world_; }
  ProcessGroup& group(GroupKind kind) { return *groups_.at(kind); }

 private:
  Communicator(const Rendezvous& rendezvous, const Topology& topology);

  std::int64_t rank_;
  Topology topology_;
  Coordinates at_;
  std::unique_ptr<GlooFabric> fabric_;  // none in a world of one
  std::unique_ptr<ProcessGroup> world_;
  std::map<GroupKind, std::unique_ptr<ProcessGroup>> groups_;
};

}  // namespace nam56r::runtime
