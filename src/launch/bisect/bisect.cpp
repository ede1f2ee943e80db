#include "src/launch/bisect/bisect.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "src/launch/host_error.h"

namespace nam56r::launch::bisect {
namespace {

using nlohmann::json;

base::Diagnostic Error(const char* code, std::string message, std::string fix) {
  base::Diagnostic error = HostError(code, std::move(message), std::move(fix));
  error.surface = base::Surface::kPolicy;
  return error;
}

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kWorks:
      return "works";
    case Verdict::kFails:
      return "fails";
    case Verdict::kUnresolved:
      return "unresolved";
  }
  return "";
}

/// Asks each candidate once, and counts what was started.
class Trials {
 public:
  Trials(const Candidates& candidates, Oracle& oracle, const BisectOptions& options, Report& report)
      : candidates_(candidates), oracle_(oracle), options_(options), report_(report) {}

  std::optional<Verdict> Ask(const ChangeSet& changes) {
    auto candidate = candidates_.Make(changes);
    if (!candidate) {
      if (uncompiled_.insert(changes).second) ++report_.uncompiled;
      return Verdict::kUnresolved;
    }
    const auto known = known_.find(candidate->digest);
    if (known != known_.end()) return known->second;
    if (report_.trials.size() >= options_.max_trials) {
      report_.end = Report::End::kTrialsSpent;
      return std::nullopt;
    }
    auto answer = oracle_.Try(*candidate);
    if (!answer) {
      errors_ = answer.errors();
      return std::nullopt;
    }
    report_.trials.push_back({report_.trials.size() + 1, changes, *answer});
    if (options_.on_trial) options_.on_trial(report_.trials.back());
    if (answer->interrupted) {
      report_.end = Report::End::kInterrupted;
      return std::nullopt;
    }
    known_[candidate->digest] = answer->verdict;
    return answer->verdict;
  }

  const base::Diagnostics& errors() const { return errors_; }

 private:
  const Candidates& candidates_;
  Oracle& oracle_;
  const BisectOptions& options_;
  Report& report_;
  std::map<std::string, Verdict> known_;
  std::set<ChangeSet> uncompiled_;
  base::Diagnostics errors_;
};

// Whether the two ends are what they are said to be; empty: yes.
base::Diagnostics CheckEnds(Verdict good, Verdict bad, const Report& report) {
  const std::string said = report.trials.empty() ? "" : report.trials.back().answer.what;
  if (good == Verdict::kUnresolved || bad == Verdict::kUnresolved) {
    const char* which = good == Verdict::kUnresolved ? "GOOD" : "BAD";
    const std::size_t at = good == Verdict::kUnresolved || report.trials.size() < 2 ? 0 : 1;
    return {Error("BISECT0006",
                  fmt::format("{} cannot be tried: {}", which, report.trials[at].answer.what),
                  "mend that first: every trial would end the same way")};
  }
  if (good == Verdict::kWorks && bad == Verdict::kWorks) {
    return {Error("BISECT0002", "both work: there is nothing to find",
                  "train for more steps (--steps), or judge by --oracle PROGRAM")};
  }
  if (good == Verdict::kFails && bad == Verdict::kFails) {
    return {Error("BISECT0003", fmt::format("both fail ({})", said),
                  "name a contract that works as GOOD; if it worked elsewhere, the host is the "
                  "difference")};
  }
  if (good == Verdict::kFails) {
    return {Error("BISECT0004", "GOOD fails and BAD works", "name them the other way round")};
  }
  return {};
}

}  // namespace

base::Expected<Report> Bisect(const Candidates& candidates, Oracle& oracle,
                              const BisectOptions& options) {
  Report report;
  report.differences = candidates.differences();
  report.steps = candidates.steps();
  if (report.differences.empty()) {
    return Error("BISECT0001", "the two contracts are the same",
                 "compare their hosts: nam56r runs diff A B");
  }
  ChangeSet all;
  for (std::size_t i = 0; i < report.differences.size(); ++i) all.push_back(i);
  for (const ChangeSet& end : {ChangeSet{}, all}) {
    if (auto candidate = candidates.Make(end); !candidate) return candidate.errors();
  }

  Trials trials(candidates, oracle, options, report);
  const auto good = trials.Ask({});
  const auto bad = good ? trials.Ask(all) : std::nullopt;
  if (!trials.errors().empty()) return trials.errors();
  if (!good || !bad) {  // stopped before it began
    report.culprits.changes = all;
    report.culprits.stopped = true;
    return report;
  }
  if (auto errors = CheckEnds(*good, *bad, report); !errors.empty()) return errors;
  report.ends_known = true;
  report.culprits = FindCulprits(candidates.Surfaces(),
                                 [&](const ChangeSet& changes) { return trials.Ask(changes); });
  if (!trials.errors().empty()) return trials.errors();
  return report;
}

std::string_view EndName(Report::End end) {
  switch (end) {
    case Report::End::kFound:
      return "found";
    case Report::End::kInterrupted:
      return "interrupted";
    case Report::End::kTrialsSpent:
      return "trials spent";
  }
  return "";
}

json ToJson(const Report& report) {
  json culprits = json::array();
  std::set<std::string> surfaces;
  const ChangeSet& undecided = report.culprits.undecided;
  for (const std::size_t change : report.culprits.changes) {
    const Difference& difference = report.differences[change];
    surfaces.insert(difference.surface);
    culprits.push_back(
        {{"field", difference.name},
         {"surface", difference.surface},
         {"good", difference.good},
         {"bad", difference.bad},
         {"undecided", std::binary_search(undecided.begin(), undecided.end(), change)}});
  }
  json trials = json::array();
  for (const Trial& trial : report.trials) {
    json fields = json::array();
    for (const std::size_t change : trial.changes) {
      fields.push_back(report.differences[change].name);
    }
    trials.push_back({{"trial", trial.number},
                      {"changes", std::move(fields)},
                      {"verdict", VerdictName(trial.answer.verdict)},
                      {"what", trial.answer.what},
                      {"receipt", trial.answer.receipt}});
  }
  return {{"end", EndName(report.end)},
          {"ends_known", report.ends_known},
          {"one_minimal", report.culprits.one_minimal},
          {"surfaces", surfaces},
          {"culprits", std::move(culprits)},
          {"differences", report.differences.size()},
          {"trials_started", report.trials.size()},
          {"uncompiled", report.uncompiled},
          {"steps", report.steps},
          {"trials", std::move(trials)}};
}

}  // namespace nam56r::launch::bisect
