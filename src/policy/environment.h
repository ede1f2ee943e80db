#pragma once

#include <span>
#include <string_view>

#include "src/base/schema.h"
#include "src/policy/policy.h"

namespace nam56r::policy {

/// A variable that a run's processes read from their environment.
struct EnvironmentVariable {
  std::string_view name;
  std::string_view meaning;
  /// Who sets it: empty for [environment], otherwise the field or room that owns it, and then
  /// [environment] may not ("caches.triton", "launch").
  std::string_view owner;
};

/// Every variable that is known, by name.
std::span<const EnvironmentVariable> KnownEnvironment();

/// Nothing, or what is wrong with the names in [environment]: SCHEMA0001 for one that is neither
/// known nor vouched for in run.unlisted_environment, POLICY0101 for one that has another owner.
base::Diagnostics CheckEnvironmentNames(const base::Loaded<Policy>& policy);

}  // namespace nam56r::policy
