#pragma once

#include <string_view>

#include "src/dialect/argument_rules.h"

namespace nam56r::dialect {

/// The rule of a code; null where no rule has it.
const RuleEntry* FindRule(std::string_view code);

/// Whether a run may go on although the rule refuses it, if its operator answers for that: the
/// release itself would take the command line. What its parser or its validation refuses nobody can
/// allow.
bool CanBeWaived(const ArgumentRule& rule);

}  // namespace nam56r::dialect
