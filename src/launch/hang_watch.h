#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/launch/engine.h"

namespace nam56r::launch {

/// Who was heard when and what each rank did last; tells when a run hangs, and who hangs. Does no
/// input or output; time comes from the caller and never goes back.
///
/// A rank that sends heartbeats (docs/events.md) hangs when nothing came from it for
/// HangLimits::heartbeat_seconds, or when its heartbeats name the same phase of the same step for
/// that long. Once one rank sends them, all are expected to. A run without heartbeats hangs when no
/// rank wrote anything for HangLimits::log_seconds: most ranks of a healthy one never write.
class HangWatch {
 public:
  using Clock = std::chrono::steady_clock;
  struct Hang {
    std::string reason;
    std::vector<std::int64_t>
        ranks;  ///< that stopped; those which only wait for them are not named
  };
  /// The kernel's letter for the process of rank |index| (process_state.h); 0: not known.
  using StateOf = std::function<char(std::size_t index)>;

  /// |ranks| are their numbers; below, a rank is told by its index.
  HangWatch(const HangLimits& limits, const std::vector<std::int64_t>& ranks);

  void OnStart(std::size_t index, Clock::time_point now);
  void OnEnd(std::size_t index, Clock::time_point now);
  void OnOutput(std::size_t index, Clock::time_point now);  ///< any byte of it
  void OnLine(std::size_t index, std::string_view line);
  void OnEvent(std::size_t index, const nlohmann::json& event, Clock::time_point now);

  /// To be asked a few times a limit, and at least every second. When it was not asked for much
  /// longer, the launcher itself was stopped, and that time counts for nobody.
  std::optional<Hang> Check(Clock::time_point now, const StateOf& state);
  /// How often to ask; none: never.
  std::optional<std::chrono::milliseconds> Interval() const;

  /// Fills in what was last seen of a rank; its silence is counted up to its end, or to |until|.
  void Describe(std::size_t index, Clock::time_point until, RankOutcome& outcome) const;

 private:
  struct Seen {
    std::int64_t rank = 0;
    bool running = false;
    bool heartbeats = false;
    Clock::time_point heard;
    Clock::time_point changed;  // when phase or step did
    std::optional<Clock::time_point> ended;
    Clock::time_point began;  // its phase
    std::int64_t step = -1;
    std::string phase;
    std::string what;
    std::string last_event;
    std::string last_line;
  };

  void SkipLauncherSleep(Clock::time_point now);
  std::optional<Hang> CheckHeartbeats(Clock::time_point now, double limit,
                                      const StateOf& state) const;
  std::optional<Hang> CheckLogs(Clock::time_point now, double limit, const StateOf& state) const;

  HangLimits limits_;
  std::vector<Seen> ranks_;
  bool heartbeats_ = false;
  bool stepped_ = false;
  std::optional<Clock::time_point> checked_;
};

/// The step that a line of Megatron-LM's progress tells, " iteration       12/     300 | ..."
/// (NVIDIA/Megatron-LM megatron/training/training.py, training_log).
std::optional<std::int64_t> StepOfLine(std::string_view line);

}  // namespace nam56r::launch
