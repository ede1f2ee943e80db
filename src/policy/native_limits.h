#pragma once

#include <string_view>
#include <vector>

#include "src/base/field_value.h"
#include "src/policy/policy.h"

namespace nam56r::policy {

/// A field of which the native backend executes one value only.
struct NativeLimit {
  std::string_view key;  ///< "layout.tensor_parallel"
  base::FieldValue only;
  std::string_view why;  ///< follows the backend's name
  /// Whether anything reads the field; null: always.
  bool (*applies)(const Policy& policy) = nullptr;
};

/// Read by compiling (the dialect native) and by the worker, so that what one accepts the other
/// executes. Sizes that have to fit each other are checked where they meet.
const std::vector<NativeLimit>& NativeLimits();

/// Those that |policy| does not keep to, each with its own value.
struct BrokenLimit {
  const NativeLimit* limit;
  base::FieldValue value;
};
std::vector<BrokenLimit> BrokenNativeLimits(const Policy& policy);

}  // namespace nam56r::policy
