#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/contract/explain.h"
#include "src/contract/rule_page.h"
#include "src/dialect/rule_codes.h"

namespace nam56r::contract::internal {

std::vector<Explanation> ExplainRule(std::string_view code) {
  const dialect::RuleEntry* entry = dialect::FindRule(code);
  if (entry == nullptr) return {};
  const RuleFacts facts = FactsOf(*entry);
  Explanation explanation{"code", facts.code, facts.title, {}, {}};
  explanation.facts = {{"surface", facts.surface},
                       {"severity", facts.severity},
                       {"stage", facts.stage},
                       {"raised by", facts.raised_by},
                       {"releases", fmt::format("{}", fmt::join(facts.releases, ", "))},
                       {"what happens", facts.why},
                       {"fix", facts.fix},
                       {"valid", facts.valid},
                       {"waiver", facts.waiver},
                       {"source", facts.source},
                       {"fails", facts.fails},
                       {"passes", facts.passes},
                       {"page", fmt::format("docs/rules/{}.md", facts.code)}};
  ExplanationTable about{"about", "what it looks at", {"argument", "flag", "field"}, {}};
  for (const RuleFacts::Side& side : facts.sides) {
    about.rows.push_back({side.dest, side.flag, side.field});
  }
  explanation.tables = {std::move(about)};
  return {std::move(explanation)};
}

}  // namespace nam56r::contract::internal
