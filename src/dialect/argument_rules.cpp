#include "src/dialect/argument_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

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

// "--optimizer muon", or the flag alone.
std::string Shown(const EffectiveArgs& raw, std::string_view dest) {
  if (dest.starts_with(kVariable)) {
    const std::string name(dest.substr(kVariable.size()));
    const std::string value = raw.surroundings().Variable(name);
    return value.empty() ? name + " is not set" : name + '=' + value;
  }
  const nlohmann::json& value = raw.Value(dest);
  if (value.is_boolean()) return Flag(raw, dest) + (value.get<bool>() ? "" : " (off)");
  return Flag(raw, dest) + ' ' + (value.is_string() ? value.get<std::string>() : value.dump());
}

}  // namespace

std::span<const RuleEntry> ArgumentRules() {
  static const std::vector<RuleEntry> rules = internal::ReadRules();
  return rules;
}

std::vector<const ArgumentRule*> Refusing(const EffectiveArgs& args, const EffectiveArgs& raw,
                                          Reach reach) {
  std::vector<const ArgumentRule*> refusing;
  for (const auto& [rule, group, name] : ArgumentRules()) {
    if (rule->reach != Reach::kAnywhere && rule->reach != reach) continue;
    if (!rule->releases.Includes(args.minor())) continue;
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

base::Diagnostics CheckCommandLine(const EffectiveArgs& args, const EffectiveArgs& raw) {
  const Naming name = [&](std::string_view dest) { return Flag(raw, dest); };
  base::Diagnostics errors;
  for (const ArgumentRule* rule : Refusing(args, raw, Reach::kCommandLine)) {
    base::Diagnostic error = Refusal(*rule, args, name, Shown(raw, rule->dests.front()));
    for (std::string_view dest : DestsOf(*rule, args)) {
      error.fields.push_back(Flag(raw, dest));
      error.where.push_back({{}, Shown(raw, dest)});
    }
    errors.push_back(std::move(error));
  }
  return errors;
}

}  // namespace nam56r::dialect
