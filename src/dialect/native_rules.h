#pragma once

#include <span>

#include "src/dialect/support_rules.h"

namespace nam56r::dialect {

/// What the native runtime does not execute.
std::span<const SupportRule> NativeRules();

}  // namespace nam56r::dialect
