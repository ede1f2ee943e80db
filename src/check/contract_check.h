#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/check/finding.h"
#include "src/contract/contract.h"

/// A launch that is said in fields: a contract, or the recipe and the policy of one.
namespace nam56r::check {

/// What the backend is started with, before anything that only launch knows.
struct LaunchLine {
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;
  std::int64_t world_size = 1;
};

struct CheckedLaunch {
  Result result;
  std::string dialect;
  /// Of a release of Megatron, unless a field has no words there: also of what is refused.
  std::optional<LaunchLine> line;
};

/// Everything that keeps recipe and policy from being launched for |dialect| (empty: as run.backend
/// says), and everything that the backend would refuse, do otherwise, or change: findings in the
/// words of fields, with the lines that set them. |today| ("YYYY-MM-DD") is held against the
/// waivers of the policy.
CheckedLaunch CheckLaunch(const base::Loaded<recipe::Recipe>& recipe,
                          const base::Loaded<policy::Policy>& policy, const std::string& dialect,
                          const std::string& today);

/// The same of a contract, whose provenance has the lines; and CONTRACT0006 if this version
/// compiles its recipe and policy to something else.
CheckedLaunch CheckContract(const contract::ReadContract& contract, const std::string& today);

/// When the run would end for a finding with this code.
Stage StageOf(const base::Diagnostic& finding);

/// Findings of inputs that cannot be read at all.
Result Unreadable(const base::Diagnostics& errors);

}  // namespace nam56r::check
