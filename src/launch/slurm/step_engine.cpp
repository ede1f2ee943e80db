#include "src/launch/slurm/step_engine.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "src/launch/guardian.h"
#include "src/launch/line_splitter.h"
#include "src/launch/rank_log.h"
#include "src/launch/signal_watch.h"
#include "src/launch/slurm/leash.h"
#include "src/launch/slurm/node_watch.h"
#include "src/launch/slurm/step_file.h"
#include "src/launch/spawn.h"
#include "src/launch/system_error.h"

namespace nam56r::launch::slurm {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr int kTickMilliseconds = 100;
constexpr std::chrono::milliseconds kAfterGrace{1500};  // for reports, and for srun to see the end
constexpr std::chrono::milliseconds kDrain{500};
constexpr std::int64_t kSrunLogBytes = std::int64_t{1} << 20;
constexpr int kSendMilliseconds = 200;

Clock::duration Seconds(double seconds) {
  constexpr double kLongest = 1e9;
  const double bounded = std::isfinite(seconds) ? std::clamp(seconds, 0.0, kLongest) : kLongest;
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(bounded));
}

bool IsOrderly(Ending ending) {
  return ending == Ending::kRequested || ending == Ending::kWalltime || ending == Ending::kLogLost;
}

// A value of a keeper's line, or |otherwise| when it is of another type.
template <class T>
T Get(const json& line, const char* key, T otherwise) {
  const auto at = line.find(key);
  if (at == line.end()) return otherwise;
  try {
    return at->get<T>();
  } catch (const json::exception&) {
    return otherwise;
  }
}

Ending EndingOf(const std::string& name) {
  for (const Ending ending : {Ending::kRankSignal, Ending::kHang, Ending::kLogLost}) {
    if (EndingName(ending) == name) return ending;
  }
  return Ending::kRankExit;
}

struct Keeper {
  UniqueFd fd;
  LeashLines lines;
  std::string nonce;
  std::optional<std::size_t> rank;  // index; none until it has shown that it knows the token
};

struct RankState {
  RankOutcome outcome;
  std::string node;
  bool asked = false;  // it was to stop before it ended
  bool ended = false;  // it has reported its end
  bool killed = false;
  Ending ending = Ending::kDone;
  std::string reason;
  Clock::time_point started;
  Clock::time_point ended_at;
};

class Step {
 public:
  Step(const Allocation& allocation, const SlurmTools& tools, const EngineOptions& options,
       std::string token, Listener listener, Guardian guardian, SignalWatch* signals, RankLog log)
      : allocation_(allocation),
        tools_(tools),
        options_(options),
        token_(std::move(token)),
        listener_(std::move(listener)),
        guardian_(std::move(guardian)),
        signals_(signals),
        log_(std::move(log)),
        out_lines_([this](std::string_view line) { OnSrunLine(line); }),
        err_lines_([this](std::string_view line) { OnSrunLine(line); }) {}

  ~Step() {
    // The keepers first: they end their ranks in order when their connection ends.
    keepers_.clear();
    listener_.fd.reset();
    if (srun_.pid > 0 && !exited_) {
      ::kill(-srun_.pid, SIGKILL);
      while (::waitpid(srun_.pid, nullptr, 0) < 0 && errno == EINTR) {
      }
    }
  }

  base::Status Start(const std::vector<RankCommand>& ranks, const RankCommand& srun) {
    for (const RankCommand& rank : ranks) {
      RankState state;
      state.outcome.rank = rank.rank;
      ranks_.push_back(std::move(state));
    }
    auto spawned = Spawn(srun, guardian_);
    if (!spawned) return spawned.errors();
    srun_ = *std::move(spawned);
    started_ = Clock::now();
    return base::Ok{};
  }

  EngineResult Watch() {
    const NodeWatch nodes(tools_, allocation_.node_list);
    while (!Finished()) {
      Turn();
      CheckRequests(nodes);
      CheckDeadlines();
    }
    return Result();
  }

 private:
  bool Finished() const {
    if (!exited_) return false;
    const bool heard = std::all_of(ranks_.begin(), ranks_.end(), [](const RankState& rank) {
      return rank.ended || !rank.outcome.started;
    });
    return (heard && !srun_.out && !srun_.err) || Clock::now() >= drain_until_;
  }

  void Turn() {
    std::vector<struct pollfd> fds = {{signals_->fd(), POLLIN, 0},
                                      {srun_.out.get(), POLLIN, 0},
                                      {srun_.err.get(), POLLIN, 0},
                                      {exited_ ? -1 : srun_.exited.get(), POLLIN, 0},
                                      {listener_.fd.get(), POLLIN, 0}};
    const std::size_t first = fds.size();
    const std::size_t count = keepers_.size();
    for (const auto& keeper : keepers_) fds.push_back({keeper->fd.get(), POLLIN, 0});
    ::poll(fds.data(), fds.size(), kTickMilliseconds);
    for (std::size_t i = 0; i < count; ++i) {
      if (fds[first + i].revents != 0) OnKeeper(*keepers_[i]);
    }
    std::erase_if(keepers_, [](const auto& keeper) { return !keeper->fd; });
    if (fds[4].revents != 0) Accept();
    if (fds[1].revents != 0) ReadSrun(srun_.out, out_lines_);
    if (fds[2].revents != 0) ReadSrun(srun_.err, err_lines_);
    while (const auto number = signals_->Next()) OnSignal(*number);
    CheckSrun();
  }

  void Accept() {
    UniqueFd fd(::accept4(listener_.fd.get(), nullptr, nullptr, SOCK_CLOEXEC));
    // Strangers may knock, but not keep the ranks out.
    if (!fd || keepers_.size() >= 2 * ranks_.size() + 64) return;
    KeepAlive(fd.get());
    auto keeper = std::make_unique<Keeper>();
    keeper->fd = std::move(fd);
    keeper->nonce = NewToken();
    if (!SendLine(keeper->fd.get(), {{"nonce", keeper->nonce}}, kSendMilliseconds)) return;
    keepers_.push_back(std::move(keeper));
  }

  void OnKeeper(Keeper& keeper) {
    const bool open = keeper.lines.ReadFrom(keeper.fd.get());
    while (const auto line = keeper.lines.Next()) {
      const bool wanted =
          keeper.rank ? line->is_object() : line->is_object() && Admit(keeper, *line);
      if (!wanted) {
        keeper.fd.reset();
        return;
      }
      if (keeper.rank) OnLine(ranks_[*keeper.rank], *line);
    }
    if (open) return;
    keeper.fd.reset();
    if (!keeper.rank) return;
    RankState& rank = ranks_[*keeper.rank];
    if (rank.ended) return;
    // Killed, or its machine is gone; nothing will be heard of it.
    rank.ended = true;
    rank.asked = stopping_;
    rank.outcome.signal = SIGKILL;
    rank.outcome.seconds = Age(rank.started);
    rank.ending = Ending::kRankSignal;
    rank.reason = fmt::format("rank {} and what watches it were killed on node {}",
                              rank.outcome.rank, rank.node);
    rank.ended_at = Clock::now();
    FailedEnd(rank);
  }

  bool Admit(Keeper& keeper, const json& line) {
    const auto number = Get<std::int64_t>(line, "rank", -1);
    const auto at = std::find_if(ranks_.begin(), ranks_.end(), [&](const RankState& rank) {
      return rank.outcome.rank == number;
    });
    if (at == ranks_.end() || at->outcome.started ||
        Get<std::string>(line, "proof", "") != LeashProof(token_, keeper.nonce, number)) {
      return false;
    }
    keeper.rank = static_cast<std::size_t>(at - ranks_.begin());
    at->outcome.started = true;
    at->node = Get<std::string>(line, "node", "");
    at->started = Clock::now();
    if (stopping_) SendStop(keeper);
    return true;
  }

  void OnLine(RankState& rank, const json& line) {
    const auto kind = Get<std::string>(line, "kind", "");
    if (kind == "event" && line.contains("event") && line["event"].is_object()) {
      if (options_.on_event) options_.on_event({rank.outcome.rank, line["event"]});
    } else if (kind == "line") {
      if (options_.on_line) options_.on_line(rank.outcome.rank, Get<std::string>(line, "line", ""));
    } else if (kind == "slurmd-gone") {
      Stop(Ending::kNodeLost,
           fmt::format("node {} does not answer: its slurmd has ended", rank.node),
           RanksOf(rank.node));
    } else if (kind == "refused") {
      rank.ended = true;
      rank.outcome.started = false;
      Stop(Ending::kLaunchFailed,
           fmt::format("node {}: {}", rank.node, Get<std::string>(line, "reason", "")),
           {rank.outcome.rank});
    } else if (kind == "end") {
      OnEnd(rank, line);
    }
  }

  void OnEnd(RankState& rank, const json& line) {
    rank.ended = true;
    rank.asked = Get(line, "asked", false);
    rank.killed = Get(line, "killed", false);
    rank.ending = EndingOf(Get<std::string>(line, "ending", ""));
    rank.reason = Get<std::string>(line, "reason", "");
    RankOutcome& outcome = rank.outcome;
    outcome.exit_code = Get(line, "exit_code", -1);
    outcome.signal = Get(line, "signal", 0);
    outcome.seconds = Get(line, "seconds", 0.0);
    outcome.last_event = Get<std::string>(line, "last_event", "");
    outcome.phase = Get<std::string>(line, "phase", "");
    outcome.step = Get<std::int64_t>(line, "step", -1);
    outcome.last_line = Get<std::string>(line, "last_line", "");
    outcome.silent_seconds = Get(line, "silent_seconds", 0.0);
    rank.ended_at = rank.started + Seconds(outcome.seconds);
    const auto ending = Get<std::string>(line, "ending", "");
    if (ending != EndingName(Ending::kDone)) FailedEnd(rank);
  }

  void FailedEnd(RankState& rank) {
    if (rank.asked) return;
    // Its peers fail with it at once, and the network may deliver their end before its own: the
    // earliest end counts, also if the stop has begun because of another's.
    if (!stopping_ || (by_rank_ && rank.ended_at < by_rank_->ended_at)) {
      if (by_rank_ != nullptr) by_rank_->outcome.first_failure = false;
      by_rank_ = &rank;
      rank.outcome.first_failure = true;
      Stop(rank.ending, rank.reason, {rank.outcome.rank});
    }
  }

  void OnSignal(int number) {
    if (number == SIGTERM) asked_by_slurm_ = true;
    Stop(Ending::kRequested, fmt::format("interrupted by SIG{}", ::sigabbrev_np(number)), {});
  }

  // The first reason stands, but for a rank that ended before the one that was heard of first.
  void Stop(Ending ending, std::string reason, std::vector<std::int64_t> named) {
    const bool again = stopping_;
    if (again && by_rank_ == nullptr) return;
    if (again && ending == Ending::kRequested) return;
    ending_ = ending;
    reason_ = std::move(reason);
    named_ = std::move(named);
    if (ending != Ending::kRankExit && ending != Ending::kRankSignal && ending != Ending::kHang) {
      by_rank_ = nullptr;
    }
    if (again) return;
    stopping_ = true;
    const double grace = IsOrderly(ending) ? options_.stop_grace_seconds : options_.grace_seconds;
    leave_at_ = Clock::now() + Seconds(grace) + kAfterGrace;
    for (const auto& keeper : keepers_) {
      if (keeper->rank) SendStop(*keeper);
    }
  }

  void SendStop(Keeper& keeper) {
    SendLine(keeper.fd.get(), {{"stop", IsOrderly(ending_) ? "orderly" : "now"}},
             kSendMilliseconds);
  }

  void CheckRequests(const NodeWatch& nodes) {
    if (stopping_ || exited_) return;
    if (options_.stop_wanted) {
      if (auto wish = options_.stop_wanted()) {
        Stop(wish->ending, std::move(wish->reason), std::move(wish->ranks));
        return;
      }
    }
    if (const auto lost = nodes.lost()) {
      Stop(Ending::kNodeLost, fmt::format("node {} does not answer: {}", lost->node, lost->why),
           RanksOf(lost->node));
      return;
    }
    if (options_.walltime_seconds > 0 &&
        Age(started_) >= options_.walltime_seconds - options_.stop_grace_seconds) {
      Stop(Ending::kWalltime,
           fmt::format("the walltime of {} s is over", options_.walltime_seconds), {});
    }
  }

  void CheckDeadlines() {
    if (!stopping_ || exited_ || Clock::now() < leave_at_) return;
    // Whoever has not ended by now is cut loose; its keeper kills it.
    for (const auto& keeper : keepers_) {
      if (keeper->rank) ranks_[*keeper->rank].killed = true;
    }
    ::kill(-srun_.pid, std::exchange(terminated_, true) ? SIGKILL : SIGTERM);
    leave_at_ = Clock::now() + kDrain;
  }

  void ReadSrun(UniqueFd& fd, LineSplitter& lines) {
    char bytes[16384];
    const ssize_t got = ::read(fd.get(), bytes, sizeof bytes);
    if (got > 0) {
      lines.Feed({bytes, static_cast<std::size_t>(got)});
      log_.Flush();
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
      lines.Finish();
      fd.reset();
    }
  }

  void OnSrunLine(std::string_view line) {
    log_.AddLine(line);
    if (line.starts_with("srun: error: ") || srun_said_.empty()) {
      constexpr std::size_t kMaxSaid = 400;
      srun_said_ = line.substr(0, kMaxSaid);
    }
  }

  void CheckSrun() {
    if (exited_) return;
    int status = 0;
    if (::waitpid(srun_.pid, &status, WNOHANG) != srun_.pid) return;
    guardian_.Forget(srun_.pid);
    exited_ = true;
    drain_until_ = Clock::now() + kDrain;
    failed_ = status != 0;
    how_ = WIFSIGNALED(status) ? "was killed by " + SignalText(WTERMSIG(status))
                               : fmt::format("exited with {}", WEXITSTATUS(status));
  }

  std::vector<std::int64_t> RanksOf(const std::string& node) const {
    std::vector<std::int64_t> ranks;
    for (std::size_t i = 0; i < ranks_.size(); ++i) {
      const std::size_t at = i / static_cast<std::size_t>(allocation_.ranks_per_node);
      if (at < allocation_.nodes.size() && allocation_.nodes[at] == node) {
        ranks.push_back(ranks_[i].outcome.rank);
      }
    }
    return ranks;
  }

  static double Age(Clock::time_point since) {
    return std::chrono::duration<double>(Clock::now() - since).count();
  }

  // SIGTERM comes from Slurm, which knows why.
  void AskWhy() {
    const auto job = tools_.ShowJob(allocation_.job);
    if (!job) return;
    if (job->state == "NODE_FAIL") {
      ending_ = Ending::kNodeLost;
      reason_ = fmt::format("Slurm ended job {}: {}", job->id, JobStateText(*job));
    } else if (job->state == "TIMEOUT" || job->NearLimit()) {
      ending_ = Ending::kWalltime;
      reason_ = fmt::format("the time limit of Slurm job {} is over", job->id);
    } else if (job->Over()) {
      reason_ = fmt::format("Slurm ended job {}: {}", job->id, JobStateText(*job));
    }
  }

  EngineResult Result() {
    EngineResult result;
    result.seconds = Age(started_);
    result.log_directory = options_.log_directory;
    const bool all_done = std::all_of(ranks_.begin(), ranks_.end(), [](const RankState& rank) {
      return rank.ended && rank.outcome.exit_code == 0 && rank.outcome.signal == 0;
    });
    if (!stopping_ && all_done) {
      result.outcome = Outcome::kSucceeded;
      result.ending = Ending::kDone;
    } else {
      if (!stopping_) {
        ending_ = Ending::kLaunchFailed;
        reason_ = fmt::format("srun {}: {}", how_, srun_said_.empty() ? "no message" : srun_said_);
      } else if (asked_by_slurm_ && ending_ == Ending::kRequested) {
        AskWhy();
      }
      result.outcome = ending_ == Ending::kRequested ? Outcome::kInterrupted : Outcome::kFailed;
      result.ending = ending_;
      result.reason = reason_;
      result.named = named_;
    }
    for (RankState& rank : ranks_) {
      if (rank.outcome.started && !rank.ended) rank.outcome.seconds = Age(rank.started);
      if (rank.killed) result.killed.push_back(rank.outcome.rank);
      result.ranks.push_back(rank.outcome);
    }
    log_.Close();
    return result;
  }

  const Allocation& allocation_;
  const SlurmTools& tools_;
  const EngineOptions& options_;
  std::string token_;
  Listener listener_;
  Guardian guardian_;
  SignalWatch* signals_;
  RankLog log_;
  LineSplitter out_lines_;
  LineSplitter err_lines_;
  SpawnedProcess srun_;
  std::vector<RankState> ranks_;
  std::vector<std::unique_ptr<Keeper>> keepers_;
  Clock::time_point started_;
  Clock::time_point drain_until_;
  Clock::time_point leave_at_;
  bool exited_ = false;
  bool failed_ = false;
  bool stopping_ = false;
  bool terminated_ = false;
  bool asked_by_slurm_ = false;
  RankState* by_rank_ = nullptr;  // whose end began the stop
  Ending ending_ = Ending::kDone;
  std::string reason_;
  std::vector<std::int64_t> named_;
  std::string srun_said_;
  std::string how_;
};

// Removed with the run: it holds what the ranks' environment holds.
struct RemovedFile {
  std::filesystem::path path;
  ~RemovedFile() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
};

}  // namespace

StepEngine::StepEngine(Allocation allocation, const SlurmTools& tools, std::string srun,
                       std::filesystem::path executable)
    : allocation_(std::move(allocation)),
      tools_(tools),
      srun_(std::move(srun)),
      executable_(std::move(executable)) {}

base::Expected<EngineResult> StepEngine::Run(const std::vector<RankCommand>& ranks,
                                             const EngineOptions& options) {
  auto listener = Listen();
  if (!listener) return listener.errors();
  auto log = RankLog::Open(options.log_directory / "srun.log", kSrunLogBytes);
  if (!log) return log.errors();

  StepFile step;
  step.ranks = ranks;
  step.log_directory = options.log_directory;
  step.address = allocation_.address;
  step.port = listener->port;
  step.token = NewToken();
  step.grace_seconds = options.grace_seconds;
  step.stop_grace_seconds = options.stop_grace_seconds;
  step.hang = options.hang;
  step.max_log_bytes = options.max_log_bytes;
  step.slurmd_pid_file = allocation_.slurmd_pid_file;
  step.slurmd_grace_seconds = allocation_.slurmd_grace_seconds;
  const RemovedFile file{options.log_directory / "slurm-step.json"};
  if (auto written = WriteStepFile(file.path, step); !written) return written.errors();

  RankCommand srun;
  srun.environment = tools_.environment();
  srun.argv = {srun_, fmt::format("--jobid={}", allocation_.job),
               fmt::format("--nodes={}", allocation_.nodes.size()),
               fmt::format("--ntasks={}", ranks.size()),
               fmt::format("--ntasks-per-node={}", allocation_.ranks_per_node),
               "--distribution=block", "--input=none", "--mpi=none", "--export=NONE",
               // Whoever fails is reported by its keeper; Slurm's own way would cut the grace of
               // the others short.
               "--kill-on-bad-exit=0", "--wait=0", "--label", executable_.string(), "slurm-rank",
               file.path.string()};

  // The guardian before the watch, whose handlers it must not inherit.
  auto guardian = Guardian::Start(1);
  if (!guardian) return guardian.errors();
  std::optional<SignalWatch> own;
  if (options.signals == nullptr) {
    auto watch = SignalWatch::Start();
    if (!watch) return watch.errors();
    own.emplace(*std::move(watch));
  }
  Step running(allocation_, tools_, options, step.token, *std::move(listener), *std::move(guardian),
               own ? &*own : options.signals, *std::move(log));
  if (auto started = running.Start(ranks, srun); !started) return started.errors();
  return running.Watch();
}

}  // namespace nam56r::launch::slurm
