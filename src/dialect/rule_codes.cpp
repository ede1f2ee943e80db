#include "src/dialect/rule_codes.h"

#include <algorithm>

namespace nam56r::dialect {

const RuleEntry* FindRule(std::string_view code) {
  static const std::vector<RuleEntry> by_code = [] {
    const std::span<const RuleEntry> rules = ArgumentRules();
    std::vector<RuleEntry> sorted(rules.begin(), rules.end());
    std::sort(sorted.begin(), sorted.end(),
              [](const RuleEntry& a, const RuleEntry& b) { return a.rule->code < b.rule->code; });
    return sorted;
  }();
  const auto at = std::lower_bound(
      by_code.begin(), by_code.end(), code,
      [](const RuleEntry& entry, std::string_view wanted) { return entry.rule->code < wanted; });
  return at != by_code.end() && at->rule->code == code ? &*at : nullptr;
}

bool CanBeWaived(const ArgumentRule& rule) {
  using Stage = ArgumentRule::Stage;
  return rule.severity != base::Severity::kError || rule.stage == Stage::kBuild ||
         rule.stage == Stage::kRun;
}

}  // namespace nam56r::dialect
