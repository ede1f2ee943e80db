#include "src/launch/event_number.h"

#include <cmath>
#include <limits>
#include <string>

namespace nam56r::launch {

std::optional<double> EventNumber(const nlohmann::json& event, const char* key) {
  const auto it = event.find(key);
  if (it == event.end()) return std::nullopt;
  if (it->is_number()) return it->get<double>();
  if (it->is_null()) return std::numeric_limits<double>::quiet_NaN();
  if (!it->is_string()) return std::nullopt;
  const auto& text = it->get_ref<const std::string&>();
  if (text == "NaN" || text == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity" || text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity" || text == "-inf") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

std::optional<double> FiniteEventNumber(const nlohmann::json& event, const char* key) {
  const auto number = EventNumber(event, key);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::string EventKind(const nlohmann::json& event) {
  const auto it = event.find("event");
  return it != event.end() && it->is_string() ? it->get<std::string>() : std::string();
}

}  // namespace nam56r::launch
