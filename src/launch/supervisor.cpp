#include "src/launch/supervisor.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <system_error>
#include <utility>

#include "src/launch/event_line.h"
#include "src/launch/system_error.h"

namespace nam56r::launch {
namespace {

using std::chrono::milliseconds;

// How long what a dead rank wrote, and what it started, may take to go away. SIGKILL has been sent
// by then; only a process that left the group can still hold the pipe.
constexpr milliseconds kDrain{500};
constexpr int kTickMilliseconds = 5;

// The grace that was asked for, kept within what a clock can add.
std::chrono::nanoseconds Grace(double seconds) {
  const double bounded = std::isfinite(seconds) ? std::clamp(seconds, 0.0, 3600.0) : 0.0;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(bounded));
}

double Seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

struct Supervisor::Rank {
  Rank(std::int64_t rank, RankLog the_log, LineSplitter::Sink on_out, LineSplitter::Sink on_err)
      : log(std::move(the_log)), out_lines(std::move(on_out)), err_lines(std::move(on_err)) {
    outcome.rank = rank;
  }

  RankOutcome outcome;
  SpawnedProcess process;
  RankLog log;
  LineSplitter out_lines;
  LineSplitter err_lines;
  Clock::time_point started;
  Clock::time_point drain_until;
  bool exited = false;      // the leader is reaped
  bool group_gone = false;  // and so is everything in its process group
  bool ended = false;       // and its output is read
};

base::Expected<std::unique_ptr<Supervisor>> Supervisor::Create(const EngineOptions& options,
                                                               std::size_t ranks) {
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return SystemError("make an epoll instance", errno);
  // The guardian first: it must not inherit the handlers of the watch.
  auto guardian = Guardian::Start(ranks);
  if (!guardian) return guardian.errors();
  auto signals = SignalWatch::Start();
  if (!signals) return signals.errors();
  std::unique_ptr<Supervisor> supervisor(
      new Supervisor(options, *std::move(signals), *std::move(guardian), std::move(epoll)));
  auto status = supervisor->Register(supervisor->signals_.fd(), 0, Source::kSignal);
  if (!status) return status.errors();
  return supervisor;
}

Supervisor::Supervisor(const EngineOptions& options, SignalWatch signals, Guardian guardian,
                       UniqueFd epoll)
    : options_(options),
      signals_(std::move(signals)),
      guardian_(std::move(guardian)),
      epoll_(std::move(epoll)),
      started_(Clock::now()),
      buffer_(std::size_t{64} << 10) {
  // What a dead rank leaves behind becomes a child of this process, so that its end can be waited
  // for and not only hoped for.
  ::prctl(PR_GET_CHILD_SUBREAPER, &subreaper_before_);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

Supervisor::~Supervisor() {
  KillAndReap();
  ::prctl(PR_SET_CHILD_SUBREAPER, subreaper_before_);
}

base::Status Supervisor::Register(int fd, std::size_t index, Source source) {
  struct epoll_event event = {};
  event.events = EPOLLIN;
  event.data.u64 = (static_cast<std::uint64_t>(index) << 8) | static_cast<std::uint64_t>(source);
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    return SystemError("watch a descriptor", errno);
  }
  return base::Ok{};
}

void Supervisor::Unregister(UniqueFd& fd) {
  if (!fd) return;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd.get(), nullptr);
  fd.reset();
}

base::Status Supervisor::Start(const std::vector<RankCommand>& commands) {
  base::Diagnostics errors;
  for (const RankCommand& command : commands) {
    auto checked = CheckCommand(command);
    if (!checked) {
      errors.insert(errors.end(), checked.errors().begin(), checked.errors().end());
    }
  }
  if (!errors.empty()) return errors;

  for (const RankCommand& command : commands) {
    auto log = RankLog::Open(options_.log_directory / fmt::format("rank-{}.log", command.rank),
                             options_.max_log_bytes);
    if (!log) return log.errors();
    const std::size_t index = ranks_.size();
    ranks_.push_back(std::make_unique<Rank>(
        command.rank, *std::move(log),
        [this, index](std::string_view line) { OnLine(*ranks_[index], line, true); },
        [this, index](std::string_view line) { OnLine(*ranks_[index], line, false); }));
  }

  for (std::size_t i = 0; i < commands.size() && !stopping_; ++i) {
    Rank& rank = *ranks_[i];
    rank.started = Clock::now();
    auto process = Spawn(commands[i], guardian_);
    if (!process) return process.errors();
    rank.process = *std::move(process);
    rank.outcome.started = true;
    for (auto [fd, source] : {std::pair(rank.process.out.get(), Source::kOut),
                              std::pair(rank.process.err.get(), Source::kErr),
                              std::pair(rank.process.exited.get(), Source::kExited)}) {
      if (fd < 0) continue;
      auto status = Register(fd, i, source);
      if (!status) return status;
    }
    Turn(/*wait=*/false);
  }
  return base::Ok{};
}

EngineResult Supervisor::Watch() {
  const auto running = [](const auto& rank) { return rank->outcome.started && !rank->ended; };
  while (std::any_of(ranks_.begin(), ranks_.end(), running)) Turn(/*wait=*/true);

  EngineResult result;
  for (auto& rank : ranks_) {
    const int error = rank->log.Close();
    if (error != 0) OnLogError(*rank, error);
    result.ranks.push_back(rank->outcome);
  }
  result.outcome = outcome_;
  result.reason = reason_;
  result.seconds = Seconds(Clock::now() - started_);
  return result;
}

int Supervisor::TimeoutMilliseconds() const {
  int timeout = -1;
  const auto at_most = [&](int value) { timeout = timeout < 0 ? value : std::min(timeout, value); };
  for (const auto& rank : ranks_) {
    if (!rank->outcome.started || rank->ended) continue;
    if (rank->exited || !rank->process.exited) at_most(kTickMilliseconds);
  }
  if (stopping_ && !killed_) {
    const auto left = std::chrono::ceil<milliseconds>(kill_at_ - Clock::now()).count();
    at_most(static_cast<int>(std::clamp<std::int64_t>(left, 0, 1000)));
  }
  return timeout;
}

void Supervisor::Turn(bool wait) {
  std::array<struct epoll_event, 64> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                 wait ? TimeoutMilliseconds() : 0);
  // Output first: what a rank said before it failed belongs before its failure.
  for (int i = 0; i < count; ++i) {
    const auto source = static_cast<Source>(events[static_cast<std::size_t>(i)].data.u64 & 0xff);
    const std::uint64_t index = events[static_cast<std::size_t>(i)].data.u64 >> 8;
    if (source == Source::kOut || source == Source::kErr) Read(*ranks_[index], source);
  }
  for (int i = 0; i < count; ++i) {
    const auto source = static_cast<Source>(events[static_cast<std::size_t>(i)].data.u64 & 0xff);
    const std::uint64_t index = events[static_cast<std::size_t>(i)].data.u64 >> 8;
    if (source == Source::kSignal) OnSignal();
    if (source == Source::kExited) CheckExit(*ranks_[index]);
  }
  for (auto& rank : ranks_) {
    if (!rank->outcome.started || rank->ended) continue;
    if (!rank->exited && !rank->process.exited) CheckExit(*rank);
    if (rank->exited) CheckEnded(*rank);
  }
  if (stopping_ && !killed_ && Clock::now() >= kill_at_) {
    killed_ = true;
    SignalAll(SIGKILL);
  }
}

void Supervisor::OnSignal() {
  while (const auto number = signals_.Next()) {
    if (!stopping_) {
      Stop(fmt::format("interrupted by SIG{}", ::sigabbrev_np(*number)), Outcome::kInterrupted);
    } else if (*number == SIGINT) {
      // Somebody is waiting at the keyboard.
      killed_ = true;
      SignalAll(SIGKILL);
    }
  }
}

void Supervisor::Read(Rank& rank, Source source) {
  UniqueFd& fd = source == Source::kOut ? rank.process.out : rank.process.err;
  LineSplitter& lines = source == Source::kOut ? rank.out_lines : rank.err_lines;
  if (!fd) return;
  const ssize_t got = ::read(fd.get(), buffer_.data(), buffer_.size());
  if (got > 0) {
    lines.Feed({buffer_.data(), static_cast<std::size_t>(got)});
    const int error = rank.log.Flush();
    if (error != 0) OnLogError(rank, error);
  } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
    EndStream(rank, source);
  }
}

void Supervisor::EndStream(Rank& rank, Source source) {
  UniqueFd& fd = source == Source::kOut ? rank.process.out : rank.process.err;
  if (!fd) return;
  (source == Source::kOut ? rank.out_lines : rank.err_lines).Finish();
  const int error = rank.log.Flush();
  if (error != 0) OnLogError(rank, error);
  Unregister(fd);
}

void Supervisor::OnLine(Rank& rank, std::string_view line, bool is_stdout) {
  rank.log.AddLine(line);
  if (is_stdout) {
    if (auto event = ParseEventLine(line)) {
      if (options_.on_event) options_.on_event({rank.outcome.rank, *std::move(event)});
      return;
    }
  }
  if (options_.on_line) options_.on_line(rank.outcome.rank, line);
}

void Supervisor::CheckExit(Rank& rank) {
  if (rank.exited) return;
  const pid_t pid = rank.process.pid;
  siginfo_t info = {};
  // Not reaped yet: as long as it is a zombie nobody else can have its number, so that the group
  // that gets the signal is certainly its own.
  if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
      info.si_pid != pid) {
    return;
  }
  ::kill(-pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  rank.exited = true;
  rank.outcome.seconds = Seconds(Clock::now() - rank.started);
  rank.drain_until = Clock::now() + kDrain;
  Unregister(rank.process.exited);

  std::string how;
  if (info.si_code == CLD_EXITED) {
    rank.outcome.exit_code = info.si_status;
    how = fmt::format("exited with {}", info.si_status);
  } else {
    rank.outcome.signal = info.si_status;
    how = fmt::format("was killed by {}", SignalText(info.si_status));
  }
  if (rank.outcome.exit_code != 0 && !stopping_) {
    rank.outcome.first_failure = true;
    Stop(fmt::format("rank {} {}", rank.outcome.rank, how), Outcome::kFailed);
  }
}

void Supervisor::CheckGroup(Rank& rank) {
  if (rank.group_gone) return;
  pid_t reaped = 0;
  do {
    reaped = ::waitpid(-rank.process.pid, nullptr, WNOHANG);
  } while (reaped > 0 || (reaped < 0 && errno == EINTR));
  if (reaped == 0) return;
  rank.group_gone = true;
  guardian_.Forget(rank.process.pid);
}

void Supervisor::CheckEnded(Rank& rank) {
  CheckGroup(rank);
  const bool late = Clock::now() >= rank.drain_until;
  if (late) {
    EndStream(rank, Source::kOut);
    EndStream(rank, Source::kErr);
  }
  rank.ended = (rank.group_gone || late) && !rank.process.out && !rank.process.err;
}

void Supervisor::OnLogError(const Rank& rank, int error) {
  const std::string why = fmt::format("the log {} cannot be written: {}", rank.log.path().string(),
                                      std::generic_category().message(error));
  if (!stopping_) {
    Stop(why, Outcome::kFailed);
  } else if (outcome_ == Outcome::kSucceeded) {
    outcome_ = Outcome::kFailed;
    reason_ = why;
  }
}

void Supervisor::Stop(std::string reason, Outcome outcome) {
  stopping_ = true;
  outcome_ = outcome;
  reason_ = std::move(reason);
  kill_at_ = Clock::now() + Grace(options_.grace_seconds);
  SignalAll(SIGTERM);
}

void Supervisor::SignalAll(int number) {
  for (const auto& rank : ranks_) {
    // Not reaped, so its number is still its own.
    if (rank->outcome.started && !rank->exited) ::kill(-rank->process.pid, number);
  }
}

void Supervisor::KillAndReap() {
  SignalAll(SIGKILL);
  for (auto& rank : ranks_) {
    if (!rank->outcome.started) continue;
    if (!rank->exited) {
      while (::waitpid(rank->process.pid, nullptr, 0) < 0 && errno == EINTR) {
      }
      rank->exited = true;
    }
    const auto until = Clock::now() + kDrain;
    while (!rank->group_gone && Clock::now() < until) {
      CheckGroup(*rank);
      if (!rank->group_gone) ::usleep(1000);
    }
  }
}

}  // namespace nam56r::launch
