#include "src/dialect/argument_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "src/dialect/fields.h"
#include "src/dialect/rule_wording.h"

namespace nam56r::dialect {
namespace {

using Reach = ArgumentRule::Reach;

std::vector<std::string> ValidOf(const ArgumentRule& rule, const EffectiveArgs& args,
                                 std::string_view listed) {
  if (rule.valid_of != nullptr) return rule.valid_of(args);
  std::vector<std::string> valid;
  for (std::string_view rest = listed; !rest.empty();) {
    const std::size_t bar = rest.find('|');
    valid.emplace_back(rest.substr(0, bar));
    rest.remove_prefix(bar == std::string_view::npos ? rest.size() : bar + 1);
  }
  return valid;
}

std::vector<std::string_view> DestsOf(const ArgumentRule& rule, const EffectiveArgs& args) {
  std::vector<std::string_view> dests;
  for (std::string_view dest : rule.dests) {
    // A name that only other releases know is another release's half of the rule.
    if (!dest.empty() && (dest.starts_with(kVariable) || args.Has(dest))) dests.push_back(dest);
  }
  return dests;
}

// The rule's words, of a contract.
base::Diagnostic Refusal(const ArgumentRule& rule, const EffectiveArgs& args, const Naming& name,
                         std::string_view subject) {
  base::Diagnostic error;
  error.code = rule.code;
  error.severity = rule.severity;
  error.surface = rule.code.starts_with("HOST")   ? base::Surface::kHost
                  : rule.code.starts_with("PLAN") ? base::Surface::kPlan
                                                  : base::Surface::kPolicy;
  error.message = fmt::format("{}: {} {} ({})", subject, args.release().dialect,
                              Spoken(rule.why, name), rule.source);
  error.valid = ValidOf(rule, args, rule.valid);
  error.fix = Spoken(rule.fix, name);
  return error;
}

std::string Key(std::string_view field) { return std::string(field.substr(field.find('.') + 1)); }

std::string Says(const seams::Context& context, std::string_view field) {
  return fmt::format("{} = {}", Key(field), base::ToString(ValueOf(context, field)));
}

}  // namespace

std::span<const RuleEntry> ArgumentRules() {
  static const std::vector<RuleEntry> rules = internal::ReadRules();
  return rules;
}

namespace {

using Rules = std::vector<const ArgumentRule*>;

// By release and reach, chosen once: a check of a batch asks for them on every line.
const Rules& RulesFor(int minor, Reach reach) {
  static const std::map<std::pair<int, Reach>, Rules> chosen = [] {
    std::map<std::pair<int, Reach>, Rules> all;
    for (const Release& release : Releases()) {
      for (const Reach wanted : {Reach::kCommandLine, Reach::kContract}) {
        for (const auto& [rule, group, name] : ArgumentRules()) {
          if (rule->reach != Reach::kAnywhere && rule->reach != wanted) continue;
          if (rule->releases.Includes(release.minor)) {
            all[{release.minor, wanted}].push_back(rule);
          }
        }
      }
    }
    return all;
  }();
  return chosen.at({minor, reach});
}

// "--flag" -> its own word on the line; a value that is wrong -> that word.
base::SourceLocation WordAt(std::size_t word) {
  return {.file = std::string(kArgv), .line = static_cast<int>(word) + 1};
}

base::SourceLocation WordOf(const EffectiveArgs& raw, std::string_view dest) {
  if (dest.starts_with(kVariable)) return {};
  const std::size_t word = raw.WordOf(dest);
  return word == EffectiveArgs::kNoWord ? base::SourceLocation{} : WordAt(word);
}

// Whether |dest| is one spelling of the pattern, and the line has or would take the other.
bool IsOtherSpelling(const EffectiveArgs& raw, std::string_view dest) {
  if (raw.Given(dest)) return false;
  if (dest == "hybrid_override_pattern") return raw.Has("hybrid_layer_pattern");
  return dest == "hybrid_layer_pattern" && raw.Given("hybrid_override_pattern");
}

// The dests to speak of, the one to blame first. Of several variables that would each do, those
// that are not set say nothing.
std::vector<std::string_view> SidesOnLine(const ArgumentRule& rule, const EffectiveArgs& args,
                                          const EffectiveArgs& raw) {
  std::vector<std::string_view> sides = DestsOf(rule, args);
  if (std::any_of(sides.begin(), sides.end(),
                  [&](std::string_view dest) { return !IsOtherSpelling(raw, dest); })) {
    std::erase_if(sides, [&](std::string_view dest) { return IsOtherSpelling(raw, dest); });
  }
  if (rule.blamed_of == nullptr) return sides;
  const std::string_view blamed = rule.blamed_of(args, raw);
  std::erase_if(sides, [&](std::string_view dest) {
    return dest != blamed && dest.starts_with(kVariable) &&
           !raw.surroundings().environment.contains(std::string(dest.substr(kVariable.size())));
  });
  const auto at = std::find(sides.begin(), sides.end(), blamed);
  if (at != sides.end()) std::rotate(sides.begin(), at, at + 1);
  return sides;
}

RuleFinding Stopped(const ArgumentRule& rule, const EffectiveArgs& raw,
                    const ParseProblem& problem) {
  const std::string_view dialect = raw.release().dialect;
  base::Diagnostic error = Refusal(
      rule, raw, [](std::string_view name) { return DestName{std::string(name)}; }, "");
  error.message = fmt::format("{} {}", dialect, Says(problem));
  if (std::vector<std::string> valid = ValidFor(raw.release(), problem); !valid.empty()) {
    error.valid = std::move(valid);
    if (problem.kind == ParseProblem::Kind::kUnknownFlag) {
      error.fix = fmt::format("write {}, or drop {}", error.valid.front(), problem.flag);
    }
  } else {
    error.notes.emplace_back(rule.why);
  }
  error.where.push_back({WordAt(problem.word), Says(problem)});
  if (!problem.flag.empty()) error.fields.push_back(problem.flag);
  return {&rule, std::move(error)};
}

}  // namespace

std::vector<const ArgumentRule*> Refusing(const EffectiveArgs& args, const EffectiveArgs& raw,
                                          Reach reach) {
  std::vector<const ArgumentRule*> refusing;
  for (const ArgumentRule* rule : RulesFor(args.minor(), reach)) {
    if (rule->refuses(args, raw)) refusing.push_back(rule);
  }
  return refusing;
}

base::Diagnostics CheckContract(const seams::Context& context, const EffectiveArgs& args,
                                const EffectiveArgs& raw) {
  const Naming name = [&](std::string_view dest) {
    const std::string_view field = FieldOfDest(dest);
    return field.empty() ? NameOnLine(raw, dest) : DestName{Key(field)};
  };
  base::Diagnostics errors;
  for (const ArgumentRule* rule : Refusing(args, raw, Reach::kContract)) {
    std::vector<std::string> fields;
    for (std::string_view dest : DestsOf(*rule, args)) {
      const std::string field(FieldOfDest(dest));
      if (field.empty() || std::find(fields.begin(), fields.end(), field) != fields.end()) continue;
      fields.push_back(field);
    }
    const std::string_view blamed = rule->dests.front();
    const std::string subject = fields.empty() || blamed.starts_with(kVariable)
                                    ? SaidOnLine(raw, blamed)
                                    : Says(context, fields.front());
    base::Diagnostic error = Refusal(*rule, args, name, subject);
    if (error.surface == base::Surface::kPolicy && !fields.empty() &&
        fields.front().starts_with("recipe.")) {
      error.surface = base::Surface::kPlan;
    }
    for (const std::string& field : fields) {
      error.where.push_back({At(context, field), Says(context, field)});
    }
    error.fields = std::move(fields);
    errors.push_back(std::move(error));
  }
  return errors;
}

std::vector<RuleFinding> CheckCommandLine(const EffectiveArgs& args, const EffectiveArgs& raw) {
  const Naming name = [&](std::string_view dest) { return NameOnLine(raw, dest); };
  const std::vector<const ArgumentRule*> refusing = Refusing(args, raw, Reach::kCommandLine);
  std::vector<RuleFinding> findings;
  for (const ParseProblem& problem : raw.problems()) {
    for (const ArgumentRule* rule : refusing) {
      if (rule->problem == problem.kind) findings.push_back(Stopped(*rule, raw, problem));
    }
  }
  for (const ArgumentRule* rule : refusing) {
    if (rule->problem) continue;
    const std::vector<std::string_view> sides = SidesOnLine(*rule, args, raw);
    const std::string_view blamed = sides.empty() ? std::string_view() : sides.front();
    base::Diagnostic error =
        Refusal(*rule, args, name, blamed.empty() ? "" : SaidOnLine(raw, blamed));
    if (!rule->argv_fix.empty()) error.fix = Spoken(rule->argv_fix, name);
    if (!rule->argv_valid.empty()) error.valid = ValidOf(*rule, args, rule->argv_valid);
    for (std::string& value : error.valid) value = ValidOnLine(raw, blamed, value);
    for (std::string_view side : sides) {
      error.fields.push_back(NameOnLine(raw, side).name);
      error.where.push_back({WordOf(raw, side), SaidOnLine(raw, side)});
    }
    findings.push_back({rule, std::move(error)});
  }
  return findings;
}

}  // namespace nam56r::dialect
