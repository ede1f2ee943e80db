#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "src/base/diagnostic.h"
#include "src/dialect/argument_rules.h"
#include "src/dialect/lowering.h"

/// What a check says of a launch.
namespace nam56r::check {

using Stage = dialect::ArgumentRule::Stage;

struct Finding {
  base::Diagnostic diagnostic;
  Stage stage = Stage::kValidate;  ///< when the run would end, or be another one than asked for
  std::optional<std::string> waived = {};  ///< reason that a waiver of the policy gives
};

struct Result {
  std::vector<Finding> findings;
  /// What the backend will change, in the order in which it does. What the operator wrote and the
  /// backend overrules has |given|.
  std::vector<dialect::Rewrite> rewrites;

  /// Whether an error stands that nobody waived.
  bool refused() const {
    return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
      return !finding.waived && finding.diagnostic.severity == base::Severity::kError;
    });
  }
};

/// "parse", "validate", "build", "run".
std::string_view StageName(Stage stage);

}  // namespace nam56r::check
