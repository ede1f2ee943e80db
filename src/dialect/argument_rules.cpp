#include "src/dialect/argument_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "src/dialect/fields.h"

namespace nam56r::dialect {
namespace {

using Reach = ArgumentRule::Reach;
using Naming = std::function<std::string(std::string_view dest)>;

constexpr std::string_view kVariable = "env:";

// Each "{dest}" by its name.
std::string Named(std::string_view text, const Naming& name) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find('}', open);
    out += name(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
  return out;
}

std::vector<std::string> ValidOf(const ArgumentRule& rule, const EffectiveArgs& args) {
  if (rule.valid_of != nullptr) return rule.valid_of(args);
  std::vector<std::string> valid;
  for (std::string_view rest = rule.valid; !rest.empty();) {
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

base::Diagnostic Refusal(const ArgumentRule& rule, const EffectiveArgs& args, const Naming& name,
                         std::string_view subject) {
  base::Diagnostic error;
  error.code = rule.code;
  error.severity = rule.severity;
  error.surface = rule.code.starts_with("HOST")   ? base::Surface::kHost
                  : rule.code.starts_with("PLAN") ? base::Surface::kPlan
                                                  : base::Surface::kPolicy;
  error.message = fmt::format("{}: {} {} ({})", subject, args.release().dialect,
                              Named(rule.why, name), rule.source);
  error.valid = ValidOf(rule, args);
  error.fix = Named(rule.fix, name);
  return error;
}

std::string Key(std::string_view field) { return std::string(field.substr(field.find('.') + 1)); }

std::string Says(const seams::Context& context, std::string_view field) {
  return fmt::format("{} = {}", Key(field), base::ToString(ValueOf(context, field)));
}

std::string Flag(const EffectiveArgs& args, std::string_view dest) {
  if (dest.starts_with(kVariable)) return std::string(dest.substr(kVariable.size()));
  const std::string_view flag = args.FlagOf(dest);
  return std::string(flag.empty() ? dest : flag);
}

// As it is written on a line; whatever bytes it is made of.
std::string TextOf(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// "--optimizer muon", or the flag alone.
std::string Shown(const EffectiveArgs& raw, std::string_view dest) {
  if (dest.starts_with(kVariable)) {
    const std::string name(dest.substr(kVariable.size()));
    const std::string value = raw.surroundings().Variable(name);
    return value.empty() ? name + " is not set" : name + '=' + value;
  }
  const nlohmann::json& value = raw.Value(dest);
  if (value.is_boolean()) return Flag(raw, dest) + (value.get<bool>() ? "" : " (off)");
  return Flag(raw, dest) + ' ' + TextOf(value);
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

RuleFinding Stopped(const ArgumentRule& rule, const EffectiveArgs& raw,
                    const ParseProblem& problem) {
  const std::string_view dialect = raw.release().dialect;
  base::Diagnostic error = Refusal(
      rule, raw, [](std::string_view name) { return std::string(name); }, "");
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
    return field.empty() ? Flag(raw, dest) : Key(field);
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
                                    ? Shown(raw, blamed)
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
  const Naming name = [&](std::string_view dest) { return Flag(raw, dest); };
  const std::vector<const ArgumentRule*> refusing = Refusing(args, raw, Reach::kCommandLine);
  std::vector<RuleFinding> findings;
  for (const ParseProblem& problem : raw.problems()) {
    for (const ArgumentRule* rule : refusing) {
      if (rule->problem == problem.kind) findings.push_back(Stopped(*rule, raw, problem));
    }
  }
  for (const ArgumentRule* rule : refusing) {
    if (rule->problem) continue;
    const std::vector<std::string_view> dests = DestsOf(*rule, args);
    base::Diagnostic error =
        Refusal(*rule, args, name, dests.empty() ? "" : Shown(raw, dests.front()));
    for (std::string_view dest : dests) {
      error.fields.push_back(Flag(raw, dest));
      error.where.push_back({WordOf(raw, dest), Shown(raw, dest)});
    }
    findings.push_back({rule, std::move(error)});
  }
  return findings;
}

}  // namespace nam56r::dialect
