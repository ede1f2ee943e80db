// What explain says of a backend's words: flags and dialects.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "src/contract/explain.h"
#include "src/dialect/argument_rules.h"
#include "src/dialect/megatron.h"
#include "src/dialect/native_rules.h"
#include "src/dialect/rewrite_rules.h"
#include "src/dialect/spelling.h"
#include "src/policy/native_limits.h"

namespace nam56r::contract::internal {
namespace {

using dialect::Argument;
using dialect::Release;
using dialect::Spelling;

// The releases behind all dialects but "native", which has no flags of its own.
std::vector<std::pair<std::string, const Release*>> Backends() {
  std::vector<std::pair<std::string, const Release*>> backends;
  for (const std::string& name : dialect::DialectNames()) {
    if (const Release* release = dialect::FindRelease(name)) backends.emplace_back(name, release);
  }
  return backends;
}

const Argument* FindArgument(const Release& release, std::string_view name) {
  if (const Argument* argument = release.FindFlag(name)) return argument;
  return release.FindDest(name);
}

std::string Takes(const Argument& argument) {
  switch (argument.action) {
    case dialect::Action::kStore:
      break;
    case dialect::Action::kStoreTrue:
      return "no value: sets true";
    case dialect::Action::kStoreFalse:
      return "no value: sets false";
    case dialect::Action::kBooleanOptional:
      return "no value; also with --no-";
    case dialect::Action::kHelp:
      return "no value: prints help";
  }
  std::string type(argument.type.empty() ? "text" : argument.type);
  if (argument.nargs == "+") return "one or more of " + type;
  if (argument.nargs == "*") return "any number of " + type;
  if (argument.nargs == "?") return "at most one " + type;
  if (!argument.nargs.empty()) return fmt::format("{} of {}", argument.nargs, type);
  return type;
}

std::string How(const Spelling& spelling) {
  switch (spelling.kind) {
    case Spelling::Kind::kValue:
    case Spelling::Kind::kWhole:
      return "its value";
    case Spelling::Kind::kList:
      return "its values";
    case Spelling::Kind::kWhenTrue:
      return "when true";
    case Spelling::Kind::kWhenFalse:
      return "when false";
    case Spelling::Kind::kUnlessZero:
      return "its value, unless 0";
    case Spelling::Kind::kChoice:
      return "by its value";
    case Spelling::Kind::kFixed:
      return fmt::format("always {}", fmt::join(spelling.fixed, " "));
    case Spelling::Kind::kComputed:
      return "computed";
    case Spelling::Kind::kBound:
      return "bound at launch";
  }
  return "";
}

std::string When(const Spelling& spelling) {
  return spelling.applies == nullptr ? "always" : "when it applies";
}

std::string Owner(const Spelling& spelling) {
  if (!spelling.field.empty()) return std::string(spelling.field);
  if (spelling.kind == Spelling::Kind::kBound) return std::string(spelling.inverse);
  return std::string(spelling.from);
}

std::set<std::string> FlagsIn(const Spelling& spelling) {
  std::set<std::string> flags;
  if (!spelling.flag.empty()) flags.emplace(spelling.flag);
  for (const dialect::Choice& choice : spelling.choices) {
    for (const std::string& word : choice.words) {
      if (word.starts_with("--")) flags.insert(word);
    }
  }
  return flags;
}

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string ReleasesText(dialect::ReleaseRange range) {
  const bool from = range.since > 0;
  const bool to = range.until < dialect::ReleaseRange{}.until;
  if (from && to && range.since == range.until) return fmt::format("0.{}", range.since);
  if (from && to) return fmt::format("0.{} to 0.{}", range.since, range.until);
  if (from) return fmt::format("from 0.{} on", range.since);
  return to ? fmt::format("up to 0.{}", range.until) : "all";
}

// "megatron", "megatron from 0.18 on".
std::string Backend(std::string_view name, dialect::ReleaseRange range) {
  const std::string releases = ReleasesText(range);
  return releases == "all" ? std::string(name) : fmt::format("{} {}", name, releases);
}

// "set {moe_grouped_gemm}" in the words of a contract where it has some.
std::string WithNames(std::string_view text) {
  std::string named;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('{'), text.size());
    named += text.substr(0, open);
    text.remove_prefix(open);
    const std::size_t close = text.find('}');
    if (text.empty() || close == std::string_view::npos) break;
    const std::string_view dest = text.substr(1, close - 1);
    const std::string_view field = dialect::FieldOfDest(dest);
    named += field.empty() ? dest : field;
    text.remove_prefix(close + 1);
  }
  return named + std::string(text);
}

void AddSupportRules(std::string_view backend, std::span<const dialect::SupportRule> rules,
                     const std::vector<std::string>& fields, ExplanationTable& table) {
  for (const dialect::SupportRule& rule : rules) {
    const bool against = std::any_of(rule.against.begin(), rule.against.end(),
                                     [&](std::string_view f) { return Contains(fields, f); });
    if (!Contains(fields, rule.field) && !against) continue;
    table.rows.push_back({Backend(backend, rule.releases), std::string(rule.field),
                          fmt::format("{}", fmt::join(rule.against, ", ")), std::string(rule.why),
                          std::string(rule.fix), std::string(rule.source)});
  }
}

void AddArgumentRules(const std::vector<std::string>& dests, ExplanationTable& table) {
  for (const auto& [rule, group, rule_name] : dialect::ArgumentRules()) {
    std::vector<std::string> names;
    bool touches = false;
    for (std::string_view dest : rule->dests) {
      if (dest.empty()) continue;
      names.emplace_back(dest);
      touches = touches || Contains(dests, dest);
    }
    if (!touches || names.empty()) continue;
    const std::string blamed = names.front();
    names.erase(names.begin());
    table.rows.push_back({Backend("megatron", rule->releases), blamed,
                          fmt::format("{}", fmt::join(names, ", ")), std::string(rule->why),
                          WithNames(rule->fix), std::string(rule->source)});
  }
}

Explanation OfArgument(std::string_view name) {
  Explanation explanation;
  explanation.kind = "flag";
  ExplanationTable releases{
      "releases", "in each dialect", {"dialect", "flag", "takes", "choices", "default"}, {}};
  ExplanationTable owners{
      "owners", "what it follows from", {"dialect", "field", "how", "written", "with"}, {}};
  std::set<std::string> spelled;
  std::set<std::string> dests;
  std::set<std::string> lacking;
  std::vector<std::string> fields;
  for (const auto& [dialect_name, release] : Backends()) {
    const Argument* argument = FindArgument(*release, name);
    if (argument == nullptr) {
      lacking.insert(dialect_name);
      continue;
    }
    for (std::string_view flag : argument->flags) spelled.emplace(flag);
    dests.emplace(argument->dest);
    releases.rows.push_back({dialect_name, std::string(argument->flags.front()), Takes(*argument),
                             fmt::format("{}", fmt::join(argument->choices, " ")),
                             std::string(argument->default_json)});
    for (std::string_view flag : argument->flags) {
      for (const Spelling* spelling : dialect::SpellingsOf(*release, flag)) {
        std::vector<std::string> row = {dialect_name, Owner(*spelling), How(*spelling),
                                        When(*spelling),
                                        fmt::format("{}", fmt::join(spelling->also, ", "))};
        if (std::find(owners.rows.begin(), owners.rows.end(), row) == owners.rows.end()) {
          owners.rows.push_back(std::move(row));
        }
        const std::string field(spelling->field);
        if (!field.empty() && std::find(fields.begin(), fields.end(), field) == fields.end()) {
          fields.push_back(field);
        }
      }
    }
  }
  if (releases.rows.empty()) return explanation;
  explanation.name = releases.rows.back()[1];
  spelled.erase(explanation.name);
  explanation.meaning = "An argument of the backend that launch sets, or that is always the same.";
  if (!fields.empty()) explanation.meaning = MeaningOf(fields.front());
  if (owners.rows.empty()) {
    explanation.meaning =
        "An argument of the backend that no recipe, policy or host sets: it keeps its default.";
  }
  explanation.facts = {{"sets", fmt::format("{}", fmt::join(dests, ", "))},
                       {"also spelled", fmt::format("{}", fmt::join(spelled, ", "))},
                       {"not in", fmt::format("{}", fmt::join(lacking, ", "))}};
  const std::vector<std::string> names(dests.begin(), dests.end());
  explanation.tables = {std::move(releases), std::move(owners), RewritesOf(names),
                        RulesOn(fields, names)};
  return explanation;
}

}  // namespace

ExplanationTable RulesOn(const std::vector<std::string>& fields,
                         const std::vector<std::string>& dests) {
  ExplanationTable table{
      "conflicts", "what is refused", {"backend", "name", "with", "why", "way out", "source"}, {}};
  AddSupportRules("megatron", dialect::MegatronRules(), fields, table);
  AddArgumentRules(dests, table);
  AddSupportRules("native", dialect::NativeRules(), fields, table);
  for (const policy::NativeLimit& limit : policy::NativeLimits()) {
    const std::string field = "policy." + std::string(limit.key);
    if (!Contains(fields, field)) continue;
    table.rows.push_back({"native", field, "", std::string(limit.why),
                          fmt::format("write {}", base::ToString(limit.only)), ""});
  }
  return table;
}

ExplanationTable RewritesOf(const std::vector<std::string>& dests) {
  ExplanationTable table{
      "rewrites", "what the backend changes", {"dest", "releases", "why", "source"}, {}};
  for (const std::span<const dialect::RewriteRule> rules :
       {dialect::LayoutRewrites(), dialect::ModelRewrites(), dialect::PrecisionRewrites(),
        dialect::OptimizerRewrites(), dialect::ExecutionRewrites(), dialect::BuildRewrites()}) {
    for (const dialect::RewriteRule& rule : rules) {
      if (!Contains(dests, rule.dest)) continue;
      table.rows.push_back({std::string(rule.dest), ReleasesText(rule.releases),
                            std::string(rule.why), std::string(rule.source)});
    }
  }
  return table;
}

std::vector<std::string> DestsOf(std::string_view field) {
  std::set<std::string> dests;
  for (const auto& [dialect_name, release] : Backends()) {
    for (const Spelling& spelling : dialect::Spellings(*release)) {
      if (spelling.field != field) continue;
      for (const std::string& flag : FlagsIn(spelling)) {
        if (const Argument* argument = release->FindFlag(flag)) dests.emplace(argument->dest);
      }
    }
  }
  return {dests.begin(), dests.end()};
}

ExplanationTable FlagsOf(std::string_view field) {
  ExplanationTable table{
      "flags", "what it becomes", {"dialect", "flag", "how", "written", "decided by"}, {}};
  for (const auto& [dialect_name, release] : Backends()) {
    for (const Spelling& spelling : dialect::Spellings(*release)) {
      const bool also =
          std::find(spelling.also.begin(), spelling.also.end(), field) != spelling.also.end();
      if (spelling.field != field && !also) continue;
      table.rows.push_back({dialect_name, fmt::format("{}", fmt::join(FlagsIn(spelling), " ")),
                            How(spelling), When(spelling),
                            spelling.field == field ? "" : Owner(spelling)});
    }
  }
  return table;
}

std::vector<Explanation> ExplainFlag(std::string_view name) {
  Explanation explanation = OfArgument(name);
  if (explanation.name.empty()) return {};
  return {std::move(explanation)};
}

std::vector<std::string> FlagNames() {
  std::set<std::string> names;
  for (const auto& [dialect_name, release] : Backends()) {
    for (const Release::Named& named : release->by_flag) names.emplace(named.name);
  }
  return {names.begin(), names.end()};
}

std::vector<Explanation> ExplainDialect(std::string_view name) {
  const std::vector<std::string> names = dialect::DialectNames();
  if (std::find(names.begin(), names.end(), name) == names.end()) return {};
  Explanation explanation{"dialect", std::string(name), "", {}, {}};
  const Release* release = dialect::FindRelease(name);
  if (release == nullptr) {
    explanation.meaning =
        "This project's own runtime: it reads the contract itself, and a flag is the name of a "
        "field.";
    explanation.tables = {ExplanationTable{"refused", "what it does not do", {"field", "why"}, {}}};
    for (const dialect::SupportRule& rule : dialect::NativeRules()) {
      explanation.tables[0].rows.push_back({std::string(rule.field), std::string(rule.why)});
    }
    for (const policy::NativeLimit& limit : policy::NativeLimits()) {
      explanation.tables[0].rows.push_back(
          {"policy." + std::string(limit.key), std::string(limit.why)});
    }
    return {explanation};
  }
  explanation.meaning =
      name == "nemo" ? "Megatron's own Mamba-2 in place of M and R, on the arguments of 0.17."
                     : "The argument surface of one release of Megatron-Core.";
  std::set<std::string_view> written;  // several fields may share one argument
  for (const Spelling& spelling : dialect::Spellings(*release)) {
    const dialect::Argument* argument = release->FindFlag(spelling.flag);
    if (argument != nullptr) written.insert(argument->dest);
  }
  explanation.facts = {{"release", std::string(release->version)},
                       {"arguments", fmt::format("{}", release->arguments.size())},
                       {"of them written", fmt::format("{}", written.size())},
                       {"starts", std::string(dialect::EntryPoint(*release))}};
  return {explanation};
}

}  // namespace nam56r::contract::internal
