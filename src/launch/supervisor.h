#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/base/expected.h"
#include "src/launch/engine.h"
#include "src/launch/guardian.h"
#include "src/launch/hang_watch.h"
#include "src/launch/line_splitter.h"
#include "src/launch/rank_log.h"
#include "src/launch/signal_watch.h"
#include "src/launch/spawn.h"
#include "src/launch/unique_fd.h"

namespace nam56r::launch {

/// Starts ranks and watches them from one thread until all have ended: reads what they write, stops
/// all of them at the first failure, signal, hang or request, or when the time is over. Whatever
/// way it is left (an exception of a callback included), no process of a rank's group is alive
/// afterwards.
class Supervisor {
 public:
  /// |options| must outlive it. Errors: LAUNCH0003.
  static base::Expected<std::unique_ptr<Supervisor>> Create(
      const EngineOptions& options, const std::vector<RankCommand>& commands);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  /// Opens every log, then starts ranks until all run or one has already failed. On an error
  /// (LAUNCH0001 to LAUNCH0003) the ranks that run are killed.
  base::Status Start(const std::vector<RankCommand>& commands);

  /// Watches until all have ended.
  EngineResult Watch();

 private:
  using Clock = std::chrono::steady_clock;
  enum class Source : std::uint32_t { kOut, kErr, kExited, kSignal };
  struct Rank;

  Supervisor(const EngineOptions& options, const std::vector<RankCommand>& commands,
             std::optional<SignalWatch> signals, Guardian guardian, UniqueFd epoll);

  base::Status Register(int fd, std::size_t index, Source source);
  void Unregister(UniqueFd& fd);
  void Turn(bool wait);  ///< handles what has happened; with |wait|, until something has
  int TimeoutMilliseconds() const;
  void OnSignal();
  void CheckRequests();  ///< of the caller, the walltime and the watch for hangs
  void Ask();            ///< whether the caller wants to stop
  void Read(Rank& rank, Source source);
  void EndStream(Rank& rank, Source source);
  void OnLine(Rank& rank, std::string_view line, bool is_stdout);
  void CheckExit(Rank& rank);
  void CheckGroup(Rank& rank);
  void CheckEnded(Rank& rank);
  void OnLogError(const Rank& rank, int error);
  /// Once: SIGTERM to all, SIGKILL after the grace that |ending| has. |named|: EngineResult::named.
  void Stop(Ending ending, std::string reason, std::vector<std::int64_t> named);
  void Kill();
  void SignalAll(int number);
  void KillAndReap();

  const EngineOptions& options_;
  std::optional<SignalWatch> own_signals_;
  SignalWatch& signals_;
  Guardian guardian_;
  UniqueFd epoll_;
  int subreaper_before_ = 0;
  std::vector<std::unique_ptr<Rank>> ranks_;
  Clock::time_point started_;
  HangWatch hangs_;
  std::optional<Clock::time_point> walltime_request_at_;
  bool stopping_ = false;
  bool killed_ = false;
  Clock::time_point stopped_at_;
  Clock::time_point kill_at_;
  EngineResult result_;
  std::vector<char> buffer_;
};

}  // namespace nam56r::launch
