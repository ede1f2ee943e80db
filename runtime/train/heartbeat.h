#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "runtime/comm/activity.h"
#include "runtime/train/events.h"

namespace nam56r::runtime {

/// Reports from a thread of its own what the rank is doing (event "heartbeat" of docs/events.md),
/// also while the rank is blocked. The first at once, the last before it goes.
class Heartbeat {
 public:
  /// All outlive it.
  Heartbeat(EventWriter& events, const Activity& activity, std::int64_t rank,
            std::chrono::milliseconds interval);
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

 private:
  void Beat();
  void Run();

  EventWriter& events_;
  const Activity& activity_;
  const std::int64_t rank_;
  const std::chrono::milliseconds interval_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;  // last: everything is there before it runs
};

}  // namespace nam56r::runtime
