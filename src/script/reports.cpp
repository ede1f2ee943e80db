#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/script/raise.h"
#include "src/script/text.h"

namespace nam56r::script::internal {

void AddReports(const Source& source, Import& import) {
  for (const LateExport& late : source.late_exports) {
    base::Diagnostic warning;
    warning.code = "SCRIPT0005";
    warning.severity = base::Severity::kWarning;
    warning.surface = base::Surface::kPolicy;
    warning.message =
        fmt::format("{} is set after its read time: the run has already been started", late.name);
    warning.where = {{{source.file, late.line, 0}, "exported here"},
                     {{source.file, source.command.line, 0}, "started here"}};
    warning.fix = "move it before the command, or remove it";
    import.findings.push_back(std::move(warning));
  }
  for (const Assumption& assumption : source.assumptions) {
    import.notes.push_back(fmt::format(
        "line {}: {} is taken to be unset outside, so: {}", assumption.line, assumption.name,
        assumption.value.empty() ? "nothing" : RedactedValue(assumption.name, assumption.value)));
  }
  if (!source.other_commands.empty()) {
    import.notes.push_back(fmt::format(
        "the script starts other programs too, in the lines {}; --line reads one of them",
        fmt::join(source.other_commands, ", ")));
  }
  if (!source.command.condition.empty()) {
    import.notes.push_back("the command runs only " + source.command.condition);
  }
  for (const NotRead& not_read : source.not_read) {
    import.unplaced.push_back({not_read.line, not_read.text, not_read.why, ""});
  }
}

void Tidy(Import& import) {
  for (Unplaced& one : import.unplaced) {
    one.what = Redacted(one.what);
    one.why = Redacted(one.why);
  }
  std::stable_sort(import.unplaced.begin(), import.unplaced.end(),
                   [](const Unplaced& a, const Unplaced& b) { return a.line < b.line; });
}

}  // namespace nam56r::script::internal
