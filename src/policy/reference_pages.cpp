#include "src/policy/reference_pages.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "src/policy/environment.h"

namespace nam56r::policy {
namespace {

/// A cell of a Markdown table.
std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    cell += c;
  }
  return cell;
}

std::string Code(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("`{}`", Cell(text));
}

struct Section {
  ReadTime read;
  std::string_view title;
  std::string_view what;
};

constexpr Section kSections[] = {
    {ReadTime::kBeforePython, "Read before Python starts",
     "`[environment]` alone: the loader, the driver or a library has read them before the first "
     "line of Python."},
    {ReadTime::kImport, "Read at import",
     "`[environment]`, or `[bootstrap_environment]` for what no other process should inherit."},
    {ReadTime::kModelBuild, "Read at model build", "Either table."},
    {ReadTime::kEveryStep, "Read every step", "Either table."},
    {ReadTime::kShell, "Read by launch scripts alone",
     "Neither table: outside those scripts they have no effect (POLICY0102). Set what stands "
     "beside them."},
    {ReadTime::kNever, "Read by nothing",
     "Neither table: their readers are gone, though scripts and pages still name them "
     "(POLICY0102)."},
};

std::string Values(const EnvironmentVariable& v) {
  if (v.type == "bool") return "`0`, `1`";
  if (v.type != "choice") return std::string(v.type);
  std::string choices;
  std::string_view rest = v.choices;
  while (true) {
    const std::size_t end = rest.find('|');
    choices += fmt::format("{}`{}`", choices.empty() ? "" : ", ", rest.substr(0, end));
    if (end == std::string_view::npos) return choices;
    rest.remove_prefix(end + 1);
  }
}

std::string Meaning(const EnvironmentVariable& v) {
  std::string text(v.meaning);
  if (!v.same_as.empty()) text += fmt::format(" The same as `{}`.", v.same_as);
  if (!v.conflicts.empty()) text += fmt::format(" Conflict: {}.", v.conflicts);
  if (!v.architectures.empty()) text += fmt::format(" Only on {}.", v.architectures);
  return Cell(text);
}

std::string Row(const EnvironmentVariable& v) {
  if (v.read == ReadTime::kShell || v.read == ReadTime::kNever) {
    return fmt::format("| `{}` | {} | {} | {} |\n", v.name, Meaning(v), Code(v.instead),
                       Cell(v.source));
  }
  return fmt::format("| `{}` | {} | {} | {} | {} | {}: {} |\n", v.name, Meaning(v), Values(v),
                     Code(v.default_value), v.owner.empty() ? "you" : Code(v.owner), Cell(v.reader),
                     Cell(v.source));
}

std::string Number(double value) {
  return std::abs(value) < 1e15 && value == std::floor(value) ? fmt::format("{:.0f}", value)
                                                              : fmt::format("{}", value);
}

std::string ValuesOf(const base::FieldSpec& spec, const base::FieldValue& value) {
  if (!spec.choices.empty()) {
    std::vector<std::string> quoted;
    for (const std::string& choice : spec.choices)
      quoted.push_back(fmt::format("`\"{}\"`", choice));
    const bool list = std::holds_alternative<std::vector<std::string>>(value);
    return fmt::format("{}{}", list ? "list of " : "", fmt::join(quoted, ", "));
  }
  if (std::holds_alternative<bool>(value)) return "`true`, `false`";
  if (std::holds_alternative<std::string>(value)) return "text";
  if (std::holds_alternative<std::vector<std::string>>(value)) return "list of texts";
  if (std::holds_alternative<std::map<std::string, std::string>>(value)) return "names and texts";
  std::string kind = "whole number";
  if (std::holds_alternative<double>(value)) kind = "number";
  if (std::holds_alternative<std::vector<std::int64_t>>(value)) kind = "list of whole numbers";
  constexpr double kNone = std::numeric_limits<double>::infinity();
  if (spec.min > -kNone && spec.max < kNone) {
    return fmt::format("{}, {} to {}", kind, Number(spec.min), Number(spec.max));
  }
  return kind;
}

}  // namespace

std::string EnvironmentPage() {
  std::string page =
      "# Environment\n\n"
      "Every variable that this project knows: who reads it, when, what it may be, and who sets "
      "it. "
      "Written from the\ntables in `src/policy/environment_*_data.h` by the target "
      "`reference_pages`; a test compares the two.\n\n"
      "A policy sets variables in two tables. `[environment]` is there before anything starts; "
      "`[bootstrap_environment]`\nis set by the bootstrap inside the interpreter, before the "
      "seams (seams.md), where it reaches no process that was\nstarted earlier. What is wrong is "
      "refused, each with its line and the way out:\n\n"
      "| code | |\n|---|---|\n"
      "| SCHEMA0001 | a name that is not here; if your own code reads it, vouch for it in "
      "`run.unlisted_environment` |\n"
      "| POLICY0101 | two owners: a field, launch or a seam sets it, or both tables do. Names with "
      "`NAM56R_` in front are settings of seams |\n"
      "| POLICY0102 | nothing reads it any more, or only a launch script did |\n"
      "| POLICY0103 | in `[bootstrap_environment]`, and read before the bootstrap runs |\n"
      "| POLICY0104 | a value that is not of its type |\n"
      "| POLICY0105 | at launch: the host's GPUs have no use for it |\n"
      "| POLICY0106 | another variable or field forbids the value, or leaves it without effect |\n"
      "| POLICY0107 | two names of one thing, with two values |\n"
      "| POLICY0108 | vouched for, and set nowhere or known anyway |\n";
  for (const Section& section : kSections) {
    const bool unread = section.read == ReadTime::kShell || section.read == ReadTime::kNever;
    page += fmt::format("\n## {}\n\n{}\n\n", section.title, section.what);
    page += unread ? "| variable | what it was | instead | source |\n|---|---|---|---|\n"
                   : "| variable | meaning | values | default | set by | read by |\n"
                     "|---|---|---|---|---|---|\n";
    for (const EnvironmentVariable& v : KnownEnvironment()) {
      if (v.read == section.read) page += Row(v);
    }
  }
  return page;
}

std::string FieldTables() {
  std::string text;
  std::string table;
  const Policy defaults;
  for (const auto& field : Schema()) {
    const std::size_t dot = field.spec.key.find('.');
    const std::string in = field.spec.key.substr(0, dot);
    if (in != table) {
      table = in;
      text += fmt::format(
          "\n### [{}]\n\n| field | meaning | values | default |\n|---|---|---|---|\n", table);
    }
    const base::FieldValue value = base::internal::GetField(field, defaults);
    text += fmt::format("| `{}` | {} | {} | {} |\n", field.spec.key, Cell(field.spec.meaning),
                        Cell(ValuesOf(field.spec, value)),
                        field.spec.required ? "required" : Code(base::ToString(value)));
  }
  return text;
}

}  // namespace nam56r::policy
