#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "src/base/expected.h"
#include "src/launch/engine.h"
#include "src/launch/guardian.h"
#include "src/launch/line_splitter.h"
#include "src/launch/rank_log.h"
#include "src/launch/signal_watch.h"
#include "src/launch/spawn.h"
#include "src/launch/unique_fd.h"

namespace nam56r::launch {

/// Starts ranks and watches them from one thread until all have ended: reads what they write, stops
/// all of them at the first failure or signal. Whatever way it is left (an exception of a callback
/// included), no process of a rank's group is alive afterwards.
class Supervisor {
 public:
  /// |options| must outlive it. Errors: LAUNCH0003.
  static base::Expected<std::unique_ptr<Supervisor>> Create(const EngineOptions& options,
                                                            std::size_t ranks);
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

  Supervisor(const EngineOptions& options, SignalWatch signals, Guardian guardian, UniqueFd epoll);

  base::Status Register(int fd, std::size_t index, Source source);
  void Unregister(UniqueFd& fd);
  void Turn(bool wait);  ///< handles what has happened; with |wait|, until something has
  int TimeoutMilliseconds() const;
  void OnSignal();
  void Read(Rank& rank, Source source);
  void EndStream(Rank& rank, Source source);
  void OnLine(Rank& rank, std::string_view line, bool is_stdout);
  void CheckExit(Rank& rank);
  void CheckGroup(Rank& rank);
  void CheckEnded(Rank& rank);
  void OnLogError(const Rank& rank, int error);
  void Stop(std::string reason, Outcome outcome);
  void SignalAll(int number);
  void KillAndReap();

  const EngineOptions& options_;
  SignalWatch signals_;
  Guardian guardian_;
  UniqueFd epoll_;
  int subreaper_before_ = 0;
  std::vector<std::unique_ptr<Rank>> ranks_;
  Clock::time_point started_;
  bool stopping_ = false;
  bool killed_ = false;
  Clock::time_point kill_at_;
  Outcome outcome_ = Outcome::kSucceeded;
  std::string reason_;
  std::vector<char> buffer_;
};

}  // namespace nam56r::launch
