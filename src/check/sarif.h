#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "src/check/finding.h"

namespace nam56r::check {

struct SarifTool {
  std::string version;  ///< of this program: "0.1.0"
  std::string dialect;  ///< what was checked against: "megatron@0.19"; may be empty
};

/// |result| as a SARIF 2.1.0 log of one run, for code hosts and editors. Every finding is a result
/// of the rule with its code: a level, a message with the way out, the line that is to blame as its
/// location and the other sides as related ones; fields or flags as logical locations. A waived
/// finding is suppressed, with the reason. A finding keeps its partial fingerprint when lines move.
/// What the backend changes stands in the run's property bag.
nlohmann::json ToSarif(const Result& result, const SarifTool& tool);

}  // namespace nam56r::check
