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
#include "src/launch/process_state.h"
#include "src/launch/system_error.h"

namespace nam56r::launch {
namespace {

using std::chrono::milliseconds;

// How long what a dead rank wrote, and what it started, may take to go away. SIGKILL has been sent
// by then; only a process that left the group can still hold the pipe.
constexpr milliseconds kDrain{500};
constexpr int kTickMilliseconds = 5;

// More than a clock can be counted on for; as good as no end.
constexpr double kLongestWalltime = 1e9;

// What was asked for, kept within what a clock can add.
std::chrono::nanoseconds Duration(double seconds) {
  const double bounded = std::isfinite(seconds) ? std::clamp(seconds, 0.0, kLongestWalltime) : 0.0;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(bounded));
}

double Seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::vector<std::int64_t> Numbers(const std::vector<RankCommand>& commands) {
  std::vector<std::int64_t> numbers;
  for (const RankCommand& command : commands) numbers.push_back(command.rank);
  return numbers;
}

// The ranks are well and only asked to stop, so there is time for a checkpoint.
bool IsOrderly(Ending ending) {
  return ending == Ending::kRequested || ending == Ending::kWalltime || ending == Ending::kLogLost;
}

}  // namespace

struct Supervisor::Rank {
  Rank(std::size_t the_index, std::int64_t rank, RankLog the_log, LineSplitter::Sink on_out,
       LineSplitter::Sink on_err)
      : index(the_index),
        log(std::move(the_log)),
        out_lines(std::move(on_out)),
        err_lines(std::move(on_err)) {
    outcome.rank = rank;
  }

  std::size_t index;
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

base::Expected<std::unique_ptr<Supervisor>> Supervisor::Create(
    const EngineOptions& options, const std::vector<RankCommand>& commands) {
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return SystemError("make an epoll instance", errno);
  // The guardian first: it must not inherit the handlers of the watch.
  auto guardian = Guardian::Start(commands.size());
  if (!guardian) return guardian.errors();
  std::optional<SignalWatch> own;
  if (options.signals == nullptr) {
    auto signals = SignalWatch::Start();
    if (!signals) return signals.errors();
    own.emplace(*std::move(signals));
  }
  std::unique_ptr<Supervisor> supervisor(
      new Supervisor(options, commands, std::move(own), *std::move(guardian), std::move(epoll)));
  auto status = supervisor->Register(supervisor->signals_.fd(), 0, Source::kSignal);
  if (!status) return status.errors();
  return supervisor;
}

Supervisor::Supervisor(const EngineOptions& options, const std::vector<RankCommand>& commands,
                       std::optional<SignalWatch> signals, Guardian guardian, UniqueFd epoll)
    : options_(options),
      own_signals_(std::move(signals)),
      signals_(own_signals_ ? *own_signals_ : *options.signals),
      guardian_(std::move(guardian)),
      epoll_(std::move(epoll)),
      started_(Clock::now()),
      hangs_(options.hang, Numbers(commands)),
      buffer_(std::size_t{64} << 10) {
  if (options.walltime_seconds > 0 && options.walltime_seconds < kLongestWalltime) {
    const auto left = Duration(options.walltime_seconds) - Duration(options.stop_grace_seconds);
    walltime_request_at_ = started_ + std::max(left, std::chrono::nanoseconds(0));
  }
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
        index, command.rank, *std::move(log),
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
    hangs_.OnStart(i, rank.started);
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

  bool all_done = true;
  bool told_done = false;
  for (std::size_t i = 0; i < ranks_.size(); ++i) {
    Rank& rank = *ranks_[i];
    const int error = rank.log.Close();
    if (error != 0) OnLogError(rank, error);
    hangs_.Describe(i, stopping_ ? stopped_at_ : Clock::now(), rank.outcome);
    all_done = all_done && rank.outcome.exit_code == 0;
    told_done = told_done || rank.outcome.last_event == "done";
    result_.ranks.push_back(rank.outcome);
  }
  const bool requested =
      result_.ending == Ending::kRequested || result_.ending == Ending::kWalltime;
  if (!stopping_ || (requested && all_done && told_done)) {
    // A request that came when everything was done already stopped nothing.
    result_.outcome = Outcome::kSucceeded;
    result_.ending = Ending::kDone;
    result_.reason.clear();
  }
  std::sort(result_.killed.begin(), result_.killed.end());
  result_.log_directory = options_.log_directory;
  result_.seconds = Seconds(Clock::now() - started_);
  return std::move(result_);
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
  if (!stopping_) {
    if (options_.stop_wanted) at_most(1000);
    if (const auto interval = hangs_.Interval()) at_most(static_cast<int>(interval->count()));
    if (walltime_request_at_) {
      const auto left = std::chrono::ceil<milliseconds>(*walltime_request_at_ - Clock::now());
      at_most(static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1000)));
    }
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
  if (!stopping_) CheckRequests();
  if (stopping_ && !killed_ && Clock::now() >= kill_at_) Kill();
}

void Supervisor::CheckRequests() {
  const Clock::time_point now = Clock::now();
  if (walltime_request_at_ && now >= *walltime_request_at_) {
    return Stop(Ending::kWalltime,
                fmt::format("the walltime of {:.6g} s is over", options_.walltime_seconds), {});
  }
  Ask();
  if (stopping_) return;
  const auto state = [&](std::size_t index) {
    return ranks_[index]->exited ? char{0} : ProcessState(ranks_[index]->process.pid);
  };
  if (auto hang = hangs_.Check(now, state)) {
    Stop(Ending::kHang, std::move(hang->reason), std::move(hang->ranks));
  }
}

void Supervisor::Ask() {
  if (stopping_ || !options_.stop_wanted) return;
  if (auto request = options_.stop_wanted()) {
    Stop(request->ending, std::move(request->reason), std::move(request->ranks));
  }
}

void Supervisor::OnSignal() {
  while (const auto number = signals_.Next()) {
    if (!stopping_) {
      Stop(Ending::kRequested, fmt::format("interrupted by SIG{}", ::sigabbrev_np(*number)), {});
      continue;
    }
    result_.asked_to_end = true;
    // Somebody is waiting at the keyboard.
    if (*number == SIGINT) Kill();
  }
}

void Supervisor::Read(Rank& rank, Source source) {
  UniqueFd& fd = source == Source::kOut ? rank.process.out : rank.process.err;
  LineSplitter& lines = source == Source::kOut ? rank.out_lines : rank.err_lines;
  if (!fd) return;
  const ssize_t got = ::read(fd.get(), buffer_.data(), buffer_.size());
  if (got > 0) {
    hangs_.OnOutput(rank.index, Clock::now());
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
  if (is_stdout) {
    if (auto event = ParseEventLine(line)) {
      // One a second from every rank would push everything else out of the log.
      if (!IsHeartbeat(*event)) rank.log.AddLine(line);
      hangs_.OnEvent(rank.index, *event, Clock::now());
      if (options_.on_event) options_.on_event({rank.outcome.rank, *std::move(event)});
      return Ask();
    }
  }
  rank.log.AddLine(line);
  hangs_.OnLine(rank.index, line);
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
  hangs_.OnEnd(rank.index, Clock::now());
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
    if (rank.outcome.exit_code == kStoppedOnRequest)
      how += " (stopped on request, not of the launcher)";
    Stop(rank.outcome.signal != 0 ? Ending::kRankSignal : Ending::kRankExit,
         fmt::format("rank {} {}", rank.outcome.rank, how), {rank.outcome.rank});
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
    Stop(Ending::kLogLost, why, {rank.outcome.rank});
  }
}

void Supervisor::Stop(Ending ending, std::string reason, std::vector<std::int64_t> named) {
  if (stopping_) return;
  stopping_ = true;
  stopped_at_ = Clock::now();
  result_.ending = ending;
  result_.outcome = ending == Ending::kRequested || ending == Ending::kWalltime
                        ? Outcome::kInterrupted
                        : Outcome::kFailed;
  result_.reason = std::move(reason);
  result_.named = std::move(named);
  kill_at_ = stopped_at_ +
             Duration(IsOrderly(ending) ? options_.stop_grace_seconds : options_.grace_seconds);
  SignalAll(SIGTERM);
  SignalAll(SIGCONT);  // what was stopped (SIGSTOP) could not heed the request
}

void Supervisor::Kill() {
  killed_ = true;
  for (const auto& rank : ranks_) {
    if (rank->outcome.started && !rank->exited) result_.killed.push_back(rank->outcome.rank);
  }
  SignalAll(SIGKILL);
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
