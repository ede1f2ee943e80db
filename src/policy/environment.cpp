#include "src/policy/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "src/base/nearest_name.h"
#include "src/policy/environment_values.h"

namespace nam56r::policy {
namespace {

using base::Diagnostic;
using base::Diagnostics;
using base::SourceLocation;
using internal::Folded;
using internal::Setting;

// Settings of seams have this prefix; the fields that they carry decide them.
constexpr std::string_view kSeamPrefix = "NAM56R_";

enum class Table { kEnvironment, kBootstrap };

std::string_view KeyOf(Table table) {
  return table == Table::kEnvironment ? "environment" : "bootstrap_environment";
}

std::vector<std::string> Split(std::string_view choices) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = choices.find('|');
    parts.emplace_back(choices.substr(0, end));
    if (end == std::string_view::npos) return parts;
    choices.remove_prefix(end + 1);
  }
}

bool IsField(std::string_view owner) { return owner.find('.') != std::string_view::npos; }

/// The names that a table takes.
std::vector<std::string> OwnNames(Table table) {
  std::vector<std::string> names;
  for (const EnvironmentVariable& known : KnownEnvironment()) {
    if (!known.owner.empty()) continue;
    if (known.read == ReadTime::kNever || known.read == ReadTime::kShell) continue;
    if (table == Table::kBootstrap && known.read == ReadTime::kBeforePython) continue;
    names.emplace_back(known.name);
  }
  return names;
}

const std::vector<std::string>& AllNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const EnvironmentVariable& known : KnownEnvironment()) all.emplace_back(known.name);
    return all;
  }();
  return names;
}

/// One entry of one table.
struct Entry {
  Table table;
  const std::string& name;
  const std::string& value;
  SourceLocation at;

  std::string Field() const { return fmt::format("{}.{}", KeyOf(table), name); }
};

Diagnostic Refusal(const Entry& entry, std::string code, std::string message, std::string label) {
  Diagnostic error;
  error.code = std::move(code);
  error.surface = base::Surface::kPolicy;
  error.message = std::move(message);
  error.where = {{entry.at, std::move(label)}};
  error.fields = {entry.Field()};
  return error;
}

Diagnostic Unknown(const Entry& entry) {
  Diagnostic error = Refusal(entry, "SCHEMA0001", fmt::format("unknown key '{}'", entry.Field()),
                             "no such variable");
  error.valid = OwnNames(entry.table);
  // Sought among all: the misspelt name may be one that belongs elsewhere.
  if (const auto nearest = base::NearestName(entry.name, AllNames())) {
    error.message += fmt::format("; did you mean '{}.{}'?", KeyOf(entry.table), *nearest);
    error.fix = fmt::format("write '{}'", *nearest);
  } else {
    error.fix = fmt::format(
        "if your code reads it, write unlisted_environment = [\"{}\"] below [run]", entry.name);
  }
  return error;
}

Diagnostic OwnedElsewhere(const Entry& entry, std::string_view owner, SourceLocation owner_at) {
  Diagnostic error =
      Refusal(entry, "POLICY0101",
              fmt::format("'{}' {} {}", entry.Field(),
                          owner == "machine" ? "belongs to the" : "is set by", owner),
              "a second place for the same variable");
  if (IsField(owner)) {
    error.fields.emplace_back(owner);
    // A recipe is another file, and this one does not know it.
    if (!owner.starts_with("recipe.")) {
      error.where.push_back({std::move(owner_at), fmt::format("{} sets it", owner)});
    }
    error.fix = fmt::format("remove it and set '{}'", owner);
  } else if (owner == "launch") {
    error.fix = "remove it; launch sets it from the host and the layout";
  } else if (owner == "machine") {
    error.fix =
        "remove it; it belongs to the machine, and launch sets none for Megatron: let the program "
        "that the host's paths.python names set it";
  } else if (owner == "seams") {
    error.fix = "remove it and set the field that the seam carries; `nam56r seams` lists them";
  } else {
    error.fix = fmt::format("remove it; {} sets it itself", owner);
  }
  return error;
}

Diagnostic Unread(const Entry& entry, const EnvironmentVariable& known) {
  const bool shell = known.read == ReadTime::kShell;
  Diagnostic error =
      Refusal(entry, "POLICY0102",
              shell ? fmt::format("'{}' would have no effect: only launch scripts read {}",
                                  entry.Field(), known.name)
                    : fmt::format("'{}' would have no effect: nothing reads {} any more",
                                  entry.Field(), known.name),
              fmt::format("{}", known.meaning));
  const std::string_view instead = known.instead;
  if (IsField(instead) || instead.starts_with("host ")) {
    error.fields.emplace_back(instead);
    error.fix = fmt::format("remove it and set '{}'", instead);
  } else if (instead.starts_with("nothing")) {
    error.fix = fmt::format("remove it{}", instead.substr(std::string_view("nothing").size()));
  } else {
    error.fix = fmt::format("remove it; {} does that here", instead);
  }
  return error;
}

Diagnostic TooLate(const Entry& entry, const EnvironmentVariable& known,
                   const base::Loaded<Policy>& policy) {
  Diagnostic error = Refusal(entry, "POLICY0103",
                             fmt::format("'{}' is set too late: {} reads {} before Python starts",
                                         entry.Field(), known.reader, known.name),
                             "set by the bootstrap, inside the interpreter");
  error.where.push_back({{policy.file, 0, 0}, "[environment] is set before it starts"});
  error.fields.emplace_back("environment");
  error.fix = fmt::format("move {} to [environment]", known.name);
  return error;
}

bool IsNumber(std::string_view text) {
  double value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  return status == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

/// What |known| takes, if |value| is none of it; empty: it is.
std::vector<std::string> TakenInstead(const EnvironmentVariable& known, std::string_view value) {
  if (known.type == "bool" && value != "0" && value != "1") return {"0", "1"};
  if (known.type == "int" && !internal::WholeNumber(value)) return {"a whole number"};
  if (known.type == "number" && !IsNumber(value)) return {"a number"};
  if (known.type == "choice") {
    std::vector<std::string> choices = Split(known.choices);
    const std::string folded = Folded(known.name, value);
    const bool taken = std::any_of(choices.begin(), choices.end(), [&](const std::string& choice) {
      return Folded(known.name, choice) == folded;
    });
    if (!taken) return choices;
  }
  return {};
}

void CheckEntry(const Entry& entry, const base::Loaded<Policy>& policy, Diagnostics& errors) {
  const EnvironmentVariable* known = FindVariable(entry.name);
  if (known == nullptr) {
    const std::vector<std::string>& vouched = policy.value.run.unlisted_environment;
    if (entry.name.starts_with(kSeamPrefix)) {
      errors.push_back(OwnedElsewhere(entry, "seams", {}));
    } else if (std::find(vouched.begin(), vouched.end(), entry.name) == vouched.end()) {
      errors.push_back(Unknown(entry));
    }
    return;
  }
  if (!known->owner.empty()) {
    errors.push_back(OwnedElsewhere(entry, known->owner, policy.At(std::string(known->owner))));
    return;
  }
  if (known->read == ReadTime::kShell || known->read == ReadTime::kNever) {
    errors.push_back(Unread(entry, *known));
    return;
  }
  if (entry.table == Table::kBootstrap && known->read == ReadTime::kBeforePython) {
    errors.push_back(TooLate(entry, *known, policy));
  }
  if (std::vector<std::string> valid = TakenInstead(*known, entry.value); !valid.empty()) {
    Diagnostic error = Refusal(entry, "POLICY0104",
                               fmt::format("'{}' is \"{}\", which {} does not take", entry.Field(),
                                           entry.value, known->reader),
                               fmt::format("{}", known->meaning));
    error.fix =
        fmt::format("write one of the valid values; {} without it",
                    known->default_value.empty() ? std::string("the reader decides")
                                                 : fmt::format("it is {}", known->default_value));
    error.valid = std::move(valid);
    errors.push_back(std::move(error));
  }
}

void CheckTwice(const base::Loaded<Policy>& policy, Diagnostics& errors) {
  for (const auto& [name, value] : policy.value.bootstrap_environment) {
    const auto other = policy.value.environment.find(name);
    if (other == policy.value.environment.end()) continue;
    const Entry entry{Table::kBootstrap, name, value, policy.At("bootstrap_environment." + name)};
    Diagnostic error = Refusal(entry, "POLICY0101", fmt::format("{} is set in two tables", name),
                               Setting(entry.Field(), value));
    const std::string field = "environment." + name;
    error.where.push_back({policy.At(field), Setting(field, other->second)});
    error.fields.push_back(field);
    error.fix = "leave it to one of the two: [environment] also reaches what reads it later";
    errors.push_back(std::move(error));
  }
}

void CheckVouched(const base::Loaded<Policy>& policy, Diagnostics& errors) {
  const Policy& p = policy.value;
  for (const std::string& name : p.run.unlisted_environment) {
    const bool known = FindVariable(name) != nullptr;
    if (!known && (p.environment.contains(name) || p.bootstrap_environment.contains(name)))
      continue;
    Diagnostic error;
    error.code = "POLICY0108";
    error.surface = base::Surface::kPolicy;
    error.message = known ? fmt::format("{} needs nobody to vouch for it: it is known", name)
                          : fmt::format("{} is vouched for, and nothing sets it", name);
    error.where = {{policy.At("run.unlisted_environment"), "vouched for here"}};
    error.fields = {"run.unlisted_environment"};
    error.fix = known ? "remove it from unlisted_environment"
                      : "set it in [environment], or remove it from unlisted_environment";
    errors.push_back(std::move(error));
  }
}

}  // namespace

std::string_view ReadTimeName(ReadTime time) {
  switch (time) {
    case ReadTime::kShell:
      return "shell only";
    case ReadTime::kBeforePython:
      return "before Python";
    case ReadTime::kImport:
      return "at import";
    case ReadTime::kModelBuild:
      return "at model build";
    case ReadTime::kEveryStep:
      return "every step";
    case ReadTime::kNever:
      return "never";
  }
  throw std::logic_error("read time without a name");
}

Diagnostics CheckEnvironment(const base::Loaded<Policy>& policy) {
  Diagnostics errors;
  for (const auto& [name, value] : policy.value.environment) {
    CheckEntry({Table::kEnvironment, name, value, policy.At("environment." + name)}, policy,
               errors);
  }
  for (const auto& [name, value] : policy.value.bootstrap_environment) {
    CheckEntry({Table::kBootstrap, name, value, policy.At("bootstrap_environment." + name)}, policy,
               errors);
  }
  CheckTwice(policy, errors);
  CheckVouched(policy, errors);
  return errors;
}

Diagnostics CheckArchitecture(const Policy& policy, std::string_view architecture) {
  Diagnostics errors;
  const auto check = [&](Table table, const std::map<std::string, std::string>& variables) {
    for (const auto& [name, value] : variables) {
      const EnvironmentVariable* known = FindVariable(name);
      if (known == nullptr || known->architectures.empty()) continue;
      std::vector<std::string> gate = Split(known->architectures);
      if (std::find(gate.begin(), gate.end(), architecture) != gate.end()) continue;
      const Entry entry{table, name, value, {}};
      Diagnostic error = Refusal(entry, "POLICY0105",
                                 fmt::format("'{}' is for {}, and the host's GPUs are {}",
                                             entry.Field(), fmt::join(gate, " and "), architecture),
                                 Setting(entry.Field(), value));
      error.where.push_back(
          {{}, fmt::format("host machine.gpu_architecture = \"{}\"", architecture)});
      error.fields.emplace_back("machine.gpu_architecture");
      error.valid = std::move(gate);
      error.fix = fmt::format("remove {}, or take another host", name);
      errors.push_back(std::move(error));
    }
  };
  check(Table::kEnvironment, policy.environment);
  check(Table::kBootstrap, policy.bootstrap_environment);
  return errors;
}

}  // namespace nam56r::policy
