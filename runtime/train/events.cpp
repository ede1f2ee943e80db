#include "runtime/train/events.h"

#include <nlohmann/json.hpp>
#include <string>

namespace nam56r::runtime {

void EventWriter::Write(const nlohmann::ordered_json& event) {
  // One write for the line: ranks may share a pipe.
  const std::string line = "@nam56r " + event.dump() + "\n";
  const std::lock_guard lock(mutex_);
  out_.write(line.data(), static_cast<std::streamsize>(line.size()));
  out_.flush();
}

}  // namespace nam56r::runtime
