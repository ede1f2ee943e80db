#pragma once

#include <utility>

#include "src/dialect/rules/facts.h"

/// Packages that validation itself imports. Of a host that nobody has asked, a release is taken to
/// run without them, as most training images are: it says so at once, and not at step 1000.
namespace nam56r::dialect::rules {

template <class Host>
bool HostLacks(const Host& host, std::string_view package) {
  if constexpr (requires { host.packages; }) {
    return !host.packages || !host.packages->contains(package);
  } else {
    return true;
  }
}
inline bool Lacks(const Args& a, std::string_view package) {
  return HostLacks(a.surroundings(), package);
}

/// The same of Transformer Engine's version: a host that nobody has asked has 2.13, like the one
/// that the releases were asked on.
template <class Host>
bool HostEngineIsOlder(const Host& host, int major, int minor) {
  std::pair<int, int> version(2, 13);
  if constexpr (requires { host.transformer_engine; }) {
    version = host.transformer_engine.value_or(version);
  }
  return version < std::pair(major, minor);
}
inline bool EngineIsOlder(const Args& a, int major, int minor) {
  return HostEngineIsOlder(a.surroundings(), major, minor);
}

}  // namespace nam56r::dialect::rules
