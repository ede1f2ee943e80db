#include "src/cli/terminal.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "src/base/render.h"

namespace nam56r::cli {
namespace {

// An input that cannot be read as what it should be, as against one that says something wrong.
bool IsUnreadable(const base::Diagnostic& error) {
  return error.code.starts_with("BASE") || error.code.starts_with("SCHEMA") ||
         error.code == "CONTRACT0001" || error.code == "SCRIPT0001" || error.code == "SCRIPT0002" ||
         error.code == "WHY0001" || error.code == "WHY0002";
}

}  // namespace

int Refuse(const base::Diagnostics& errors, const Terminal& terminal) {
  if (terminal.format != Format::kText) {
    nlohmann::json findings = nlohmann::json::array();
    for (const base::Diagnostic& error : errors) findings.push_back(base::ToJson(error));
    terminal.out << nlohmann::json{{"verdict", "refused"}, {"findings", findings}}.dump(2) << '\n';
  } else {
    for (const base::Diagnostic& error : errors) {
      terminal.err << base::Render(error, {.colour = terminal.err_colour}) << '\n';
    }
    const auto count = errors.size();
    terminal.err << (count == 1 ? "1 error" : std::to_string(count) + " errors") << '\n';
  }
  return std::any_of(errors.begin(), errors.end(), IsUnreadable) ? kUnreadable : kFindings;
}

void Warn(const base::Diagnostics& warnings, const Terminal& terminal) {
  if (terminal.format != Format::kText) return;
  for (const base::Diagnostic& warning : warnings) {
    terminal.err << base::Render(warning, {.colour = terminal.err_colour}) << '\n';
  }
}

}  // namespace nam56r::cli
