#pragma once

#include "src/dialect/rules/facts.h"

/// Packages that validation itself imports. Of a host that nobody has asked, a release is taken to
/// run without them, as most training images are: it says so at once, and not at step 1000.
namespace nam56r::dialect::rules {

inline bool IsWithout(const Args& a, std::string_view package) {
  const auto& packages = a.surroundings().packages;
  return !packages || !packages->contains(package);
}

}  // namespace nam56r::dialect::rules
