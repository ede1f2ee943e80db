#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/comm/activity.h"
#include "runtime/comm/process_group.h"
#include "runtime/comm/rendezvous.h"

namespace nam56r::runtime {

/// What the groups of one process share: the store where ranks find each other, and the network
/// device. Rank 0 serves the store.
class GlooFabric {
 public:
  /// Returns when every rank of the world has joined.
  /// |activity| may be null. Throws CommunicationError.
  GlooFabric(const Rendezvous& rendezvous, std::chrono::milliseconds timeout,
             Activity* activity = nullptr);
  ~GlooFabric();
  GlooFabric(const GlooFabric&) = delete;
  GlooFabric& operator=(const GlooFabric&) = delete;

  /// |members| (at least two global ranks) make the same call. Throws CommunicationError.
  std::unique_ptr<ProcessGroup> MakeGroup(const std::string& name,
                                          const std::vector<std::int64_t>& members);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nam56r::runtime
