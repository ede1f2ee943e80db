#include "src/launch/event_line.h"

#include <utility>

namespace nam56r::launch {

std::optional<nlohmann::json> ParseEventLine(std::string_view line) {
  if (!line.starts_with(kEventPrefix)) return std::nullopt;
  line.remove_prefix(kEventPrefix.size());
  // Writing JSON recurses, so depth that a line can bring must be bounded before it is kept.
  constexpr int kMaxDepth = 32;
  bool too_deep = false;
  auto watch_depth = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    too_deep = too_deep || depth > kMaxDepth;
    return !too_deep;
  };
  nlohmann::json event = nlohmann::json::parse(line.begin(), line.end(), watch_depth,
                                               /*allow_exceptions=*/false);
  if (too_deep || !event.is_object()) return std::nullopt;
  return event;
}

bool IsHeartbeat(const nlohmann::json& event) {
  const auto kind = event.find("event");
  return kind != event.end() && *kind == "heartbeat";
}

}  // namespace nam56r::launch
