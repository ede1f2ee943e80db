#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
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
};

enum class Outcome { kSucceeded, kFailed, kInterrupted };

struct EngineResult {
  Outcome outcome = Outcome::kFailed;
  std::vector<RankOutcome> ranks;
  double seconds = 0;
  std::string reason;  ///< "rank 2 exited with 65", "interrupted by SIGINT"
};

struct EngineOptions {
  std::filesystem::path log_directory;  ///< rank-N.log
  double grace_seconds = 1.0;           ///< SIGTERM to SIGKILL
  std::int64_t max_log_bytes = std::int64_t{64}
                               << 20;              ///< a rank; what is over is counted, not kept
  std::function<void(const RankEvent&)> on_event;  ///< from the supervising thread
  std::function<void(std::int64_t rank, std::string_view line)> on_line;  ///< likewise
};

/// What starts processes and watches them until all have ended.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual base::Expected<EngineResult> Run(const std::vector<RankCommand>& ranks,
                                           const EngineOptions& options) = 0;
};

/// Runs the ranks as children on this machine. The first failure, SIGINT or SIGTERM stops all of
/// them within |grace_seconds| and a second. If the launcher itself is killed, even by SIGKILL,
/// the children are killed with it (PR_SET_PDEATHSIG, and a watchdog over process groups for their
/// descendants).
class LocalEngine final : public Engine {
 public:
  base::Expected<EngineResult> Run(const std::vector<RankCommand>& ranks,
                                   const EngineOptions& options) override;
};

}  // namespace nam56r::launch
