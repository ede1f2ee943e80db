#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/expected.h"

namespace nam56r::launch {

/// One process, exactly as it will be started: no shell, no inherited environment.
struct RankCommand {
  std::int64_t rank = 0;
  std::vector<std::string> argv;  ///< argv[0] is an absolute path
  std::map<std::string, std::string> environment;
  std::int64_t starts = 1;  ///< ranks that it starts itself, from |rank| on
};

/// A line a rank wrote, or an event it reported ("@nam56r {...}" on its stdout, docs/events.md).
struct RankEvent {
  std::int64_t rank = 0;
  nlohmann::json event;
};

struct RankOutcome {
  std::int64_t rank = 0;
  bool started = false;
  int exit_code = -1;  ///< when it exited
  int signal = 0;      ///< when it was killed
  double seconds = 0;  ///< from start to end
  bool first_failure = false;

  // What was last seen of it.
  std::string last_event = {};  ///< kind of its last event that was no heartbeat; empty: none
  std::string phase = {};       ///< of its last heartbeat; empty: it sends none
  std::int64_t step = -1;       ///< of its last event or heartbeat that names one; -1: none
  std::string last_line =
      {};  ///< of its output, at most kMaxLastLine bytes of it; events are no lines
  double silent_seconds =
      0;  ///< from its last sign of life to its end, or to when the run was stopped

  static constexpr std::size_t kMaxLastLine = 400;
};

enum class Outcome { kSucceeded, kFailed, kInterrupted };

/// What ended a run.
enum class Ending {
  kDone,          ///< every rank exited with 0
  kRankExit,      ///< a rank exited with another code
  kRankSignal,    ///< a rank was killed by a signal that the launcher did not send
  kHang,          ///< ranks gave no sign of life, or did not get on
  kSeamUnproved,  ///< a required seam did not prove itself
  kRequested,     ///< the operator's signal
  kWalltime,      ///< the time that the run may take was over
  kNodeLost,      ///< a node went away with its ranks
  kLogLost,       ///< a log or the receipt could not be written any more
  kLaunchFailed,  ///< not every rank could be started
};

/// "done", "rank-exit", "rank-signal", "hang", "seam-unproved", "requested", "walltime",
/// "node-lost", "log-lost", "launch-failed".
std::string_view EndingName(Ending ending);

/// Exit code of a rank that was asked to stop and did so in an orderly way (EX_TEMPFAIL).
inline constexpr int kStoppedOnRequest = 75;

struct EngineResult {
  Outcome outcome = Outcome::kFailed;
  std::vector<RankOutcome> ranks;
  double seconds = 0;
  std::string reason;  ///< "rank 2 exited with 65", "interrupted by SIGINT"

  Ending ending = Ending::kLaunchFailed;
  std::vector<std::int64_t> named;  ///< the ranks that the ending is about, ascending; may be empty
  std::vector<std::int64_t> killed;     ///< ranks that outlived the grace and were ended by SIGKILL
  std::filesystem::path log_directory;  ///< where this attempt's rank-N.log are
  bool asked_to_end = false;            ///< the operator's signal came, too late to be the ending
};

/// Asks an engine to end a run.
struct StopRequest {
  Ending ending = Ending::kRequested;
  std::string reason;               ///< "seam mamba3_fwd did not prove itself: ..."
  std::vector<std::int64_t> ranks;  ///< it is about, ascending
};

/// How long ranks may be silent. 0: for ever.
struct HangLimits {
  double heartbeat_seconds =
      300;                       ///< a rank that sends heartbeats: none came, or it got no further
  double log_seconds = 1800;     ///< a run without heartbeats: no rank wrote anything
  double before_first_step = 2;  ///< times as long until the first step is done
};

class SignalWatch;

struct EngineOptions {
  std::filesystem::path log_directory;  ///< rank-N.log, and rank-N.1.log, ... when it is full
  double grace_seconds = 1.0;           ///< SIGTERM to SIGKILL after a failure
  /// The same when the ranks are well and were asked to stop (kRequested, kWalltime, kLogLost):
  /// time for a checkpoint.
  double stop_grace_seconds = 1.0;
  /// The run ends this long after its start: the request goes out stop_grace_seconds before. 0:
  /// never
  double walltime_seconds = 0;
  HangLimits hang;
  std::int64_t max_log_bytes = std::int64_t{64}
                               << 20;  ///< a rank: the first quarter is kept, and the end
  /// From the supervising thread. Heartbeats are events, too.
  std::function<void(const RankEvent&)> on_event;
  std::function<void(std::int64_t rank, std::string_view line)> on_line;  ///< likewise
  /// Asked after every event and at least once a second: a request ends the run.
  std::function<std::optional<StopRequest>()> stop_wanted;
  /// Whose signals stop the run; null: the engine's own for as long as it runs. Not owned.
  SignalWatch* signals = nullptr;
};

/// What starts processes and watches them until all have ended.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual base::Expected<EngineResult> Run(const std::vector<RankCommand>& ranks,
                                           const EngineOptions& options) = 0;
};

/// Runs the ranks as children on this machine. The first failure stops all of them within
/// |grace_seconds| and a second; SIGINT, SIGTERM, SIGHUP and the walltime within
/// |stop_grace_seconds| and a second. If the launcher itself is killed, even by SIGKILL,
/// the children are killed with it (PR_SET_PDEATHSIG, and a watchdog over process groups for their
/// descendants).
class LocalEngine final : public Engine {
 public:
  base::Expected<EngineResult> Run(const std::vector<RankCommand>& ranks,
                                   const EngineOptions& options) override;
};

}  // namespace nam56r::launch
