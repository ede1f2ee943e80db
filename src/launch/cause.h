#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace nam56r::launch {

/// Why an attempt failed, as far as that could be found out.
struct Cause {
  /// "plan", "policy", "seam", "host", "stack", "data", "code", "unknown".
  std::string surface_class = "unknown";
  std::string code;       ///< of the signature that matched; empty: none
  std::string cause;      ///< one sentence
  double confidence = 0;  ///< 0 to 1
  nlohmann::json answer;  ///< everything else that was found: evidence, next step; null: nothing
};

/// "class", "code", "cause", "confidence", "answer".
nlohmann::json ToJson(const Cause& cause);

}  // namespace nam56r::launch
