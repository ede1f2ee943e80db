#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "src/base/program.h"
#include "src/launch/bisect/candidate.h"
#include "src/launch/engine.h"
#include "src/launch/run.h"

namespace nam56r::launch::bisect {

/// What became of one candidate.
struct Answer {
  Verdict verdict = Verdict::kUnresolved;
  std::string what;          ///< "exited with 3", "rank 1 exited with 65", "LAUNCH0006: ..."
  std::string receipt = {};  ///< of its launch; empty: it has none
  bool interrupted = false;  ///< by a signal: no verdict
};

/// Says whether a contract works. Error: it cannot say it of any.
class Oracle {
 public:
  virtual ~Oracle() = default;
  virtual base::Expected<Answer> Try(const Candidate& candidate) = 0;
};

/// Any command, with the contract's path as its last argument. It answers as for `git bisect run`:
/// 0 works, 125 cannot be tried, everything else fails, an end by a signal too.
class ProgramOracle final : public Oracle {
 public:
  struct Options {
    std::vector<std::string> argv;
    std::map<std::string, std::string> environment;
    std::filesystem::path directory;  ///< for candidates; exists
    std::chrono::milliseconds limit;  ///< of one trial; what takes longer cannot be tried
  };
  ProgramOracle(Options options, base::ProgramRunner& runner);
  /// Errors: BISECT0005 the command cannot be started, BASE0004.
  base::Expected<Answer> Try(const Candidate& candidate) override;

 private:
  Options options_;
  base::ProgramRunner& runner_;
};

/// A launch. It works where it succeeds; what cannot be bound to this host cannot be tried.
class EngineOracle final : public Oracle {
 public:
  EngineOracle(RunOptions options, Engine& engine);
  base::Expected<Answer> Try(const Candidate& candidate) override;

 private:
  RunOptions options_;
  Engine& engine_;
};

/// One candidate that was asked about.
struct Trial {
  std::size_t number = 0;  ///< from 1; 0: nothing was started for it
  ChangeSet changes;       ///< of Report::differences
  Answer answer;
};

struct BisectOptions {
  std::size_t max_trials = 100;
  std::function<void(const Trial&)> on_trial = {};  ///< after each that was started
};

/// What came of it.
struct Report {
  std::vector<Difference> differences;
  Culprits culprits;
  std::vector<Trial> trials;   ///< those that were started, in order
  std::size_t uncompiled = 0;  ///< candidates that compile to nothing: not started, not counted
  std::int64_t steps = 0;      ///< that a candidate trained for; 0: as the contracts say
  bool ends_known = false;     ///< GOOD was seen to work, and BAD to fail
  enum class End { kFound, kInterrupted, kTrialsSpent } end = End::kFound;
};

/// Finds a smallest set of differences that breaks |good|. Errors: BISECT0001 nothing differs;
/// BISECT0002 both work; BISECT0003 both fail; BISECT0004 GOOD fails and BAD works; BISECT0006 one
/// of them cannot be tried itself; the oracle's; those of Compile where one of them no longer
/// compiles.
base::Expected<Report> Bisect(const Candidates& candidates, Oracle& oracle,
                              const BisectOptions& options);

/// "found", "interrupted", "trials spent".
std::string_view EndName(Report::End end);
/// {"end","ends_known","one_minimal","culprits":[{"field","surface","good","bad","undecided"}],"surfaces",
/// "differences","trials":[...],"trials_started","uncompiled","steps"}
nlohmann::json ToJson(const Report& report);

}  // namespace nam56r::launch::bisect
