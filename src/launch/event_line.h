#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace nam56r::launch {

inline constexpr std::string_view kEventPrefix = "@nam56r ";

/// The event of a line "@nam56r {...}", or nothing when the line is not one: no such prefix, not a
/// JSON object, or nested deeper than any event is.
std::optional<nlohmann::json> ParseEventLine(std::string_view line);

/// Whether |event| is one of those that a rank sends about once a second to say where it is.
bool IsHeartbeat(const nlohmann::json& event);

}  // namespace nam56r::launch
