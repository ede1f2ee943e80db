#include "src/report/bisect_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/base/utf8.h"
#include "src/report/text_table.h"

namespace nam56r::report {
namespace {

using launch::bisect::Difference;
using launch::bisect::Report;
using launch::bisect::Verdict;

std::string Value(const nlohmann::json& value) {
  return value.is_null() ? "(not set)" : base::EscapeControls(value.dump());
}

const char* Did(Verdict verdict) {
  switch (verdict) {
    case Verdict::kWorks:
      return "works";
    case Verdict::kFails:
      return "fails";
    case Verdict::kUnresolved:
      return "cannot be tried";
  }
  return "";
}

std::string Head(const Report& report) {
  const std::size_t found = report.culprits.changes.size();
  const std::size_t all = report.differences.size();
  switch (report.end) {
    case Report::End::kInterrupted:
      return fmt::format("interrupted: the run still breaks with these {} of {} differences\n",
                         found, all);
    case Report::End::kTrialsSpent:
      return fmt::format(
          "no trials are left: the run still breaks with these {} of {} differences\n", found, all);
    case Report::End::kFound:
      break;
  }
  if (report.culprits.one_minimal) {
    return fmt::format("{} of {} differences break{} the run, and none of them can be left out\n",
                       found, all, found == 1 ? "s" : "");
  }
  return fmt::format(
      "{} of {} differences break{} the run; those with a ? may not be needed: what remains "
      "without them cannot be tried\n",
      found, all, found == 1 ? "s" : "");
}

}  // namespace

std::string TrialText(const launch::bisect::Trial& trial, std::size_t differences) {
  return fmt::format("trial {}: {} of {} differences, {} ({})\n", trial.number,
                     trial.changes.size(), differences,
                     trial.answer.interrupted ? "interrupted" : Did(trial.answer.verdict),
                     base::EscapeControls(trial.answer.what));
}

std::string BisectText(const Report& report) {
  if (!report.ends_known) {
    return fmt::format(
        "{} before it was known whether GOOD works and BAD fails\n",
        report.end == Report::End::kInterrupted ? "interrupted" : "no trials are left");
  }
  std::string text = Head(report);
  TextTable table({{""}, {"surface"}, {"field"}, {"GOOD"}, {"BAD"}});
  const auto& undecided = report.culprits.undecided;
  for (const std::size_t change : report.culprits.changes) {
    const Difference& difference = report.differences[change];
    const bool sure = !std::binary_search(undecided.begin(), undecided.end(), change);
    table.Add({sure ? "" : "?", difference.surface, base::EscapeControls(difference.name),
               Value(difference.good), Value(difference.bad)});
  }
  text += "\n" + table.Text(2) + "\n";
  text += fmt::format("{} trials; {} candidates that compile to nothing were not tried\n",
                      report.trials.size(), report.uncompiled);
  return text;
}

}  // namespace nam56r::report
