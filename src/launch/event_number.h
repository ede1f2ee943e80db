#pragma once

#include <nlohmann/json.hpp>
#include <optional>

namespace nam56r::launch {

/// The number that |event| has under |key|. NaN for null and "NaN", which stand for it in JSON;
/// likewise "Infinity" and "-Infinity". Nothing when it is missing or something else.
std::optional<double> EventNumber(const nlohmann::json& event, const char* key);

/// The same, nothing also when it is not finite.
std::optional<double> FiniteEventNumber(const nlohmann::json& event, const char* key);

/// event["event"], or empty.
std::string EventKind(const nlohmann::json& event);

}  // namespace nam56r::launch
