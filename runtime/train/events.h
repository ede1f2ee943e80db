#pragma once

#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <ostream>

namespace nam56r::runtime {

/// Writes what a run reports to whoever started it: one line an event, "@nam56r " and a JSON object
/// (docs/events.md), each flushed at once. A number that JSON cannot carry (infinite, NaN) becomes
/// null. May be called from several threads.
class EventWriter {
 public:
  explicit EventWriter(std::ostream& out) : out_(out) {}
  void Write(const nlohmann::ordered_json& event);

 private:
  std::mutex mutex_;
  std::ostream& out_;
};

}  // namespace nam56r::runtime
