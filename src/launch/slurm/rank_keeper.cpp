#include "src/launch/slurm/rank_keeper.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <utility>

#include "src/base/json_extern.h"
#include "src/launch/host_error.h"
#include "src/launch/signal_watch.h"
#include "src/launch/slurm/leash.h"
#include "src/launch/slurm/slurm_tools.h"
#include "src/launch/slurm/step_file.h"
#include "src/launch/system_error.h"

namespace nam56r::launch::slurm {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr double kConnectSeconds = 10;
constexpr int kSendMilliseconds = 10'000;
constexpr int kLinesPerSecond = 200;     // of those shown live; the log keeps all
constexpr std::size_t kMaxShown = 2000;  // bytes of such a line
constexpr std::chrono::milliseconds kLook{250};

struct Place {
  std::int64_t rank = 0;
  std::int64_t local_rank = 0;
  std::string node;
};

base::Expected<Place> FindPlace(const std::map<std::string, std::string>& environment) {
  const auto text = [&](const char* name) {
    const auto at = environment.find(name);
    return at != environment.end() ? at->second : std::string();
  };
  const auto number = [&](const char* name) -> std::optional<std::int64_t> {
    const std::string value = text(name);
    constexpr std::size_t kMaxDigits = 9;
    if (value.empty() || value.size() > kMaxDigits ||
        value.find_first_not_of("0123456789") != std::string::npos) {
      return std::nullopt;
    }
    return std::stoll(value);
  };
  const auto rank = number("SLURM_PROCID");
  const auto local = number("SLURM_LOCALID");
  if (!rank || !local || text("SLURMD_NODENAME").empty()) {
    return HostError("LAUNCH0308", "SLURM_PROCID, SLURM_LOCALID or SLURMD_NODENAME is missing",
                     "leave starting this to nam56r launch --engine slurm, which has srun do it");
  }
  return Place{*rank, *local, text("SLURMD_NODENAME")};
}

// Sending from two threads.
class Leash {
 public:
  explicit Leash(UniqueFd fd) : fd_(std::move(fd)) {}

  int fd() const { return fd_.get(); }

  void Send(const json& line) {
    const std::lock_guard lock(mutex_);
    // Half a line may have gone out: nothing more can follow it.
    if (!broken_ && !SendLine(fd_.get(), line, kSendMilliseconds)) Break();
  }

  // Left out when the other side is busy, or there are too many.
  void SendIfIdle(const json& line) {
    const auto now = Clock::now();
    if (now - second_ >= std::chrono::seconds(1)) {
      second_ = now;
      sent_ = 0;
    }
    if (sent_ >= kLinesPerSecond) return;
    struct pollfd ready = {fd_.get(), POLLOUT, 0};
    if (::poll(&ready, 1, 0) <= 0) return;
    ++sent_;
    Send(line);
  }

 private:
  void Break() {
    broken_ = true;
    ::shutdown(fd_.get(), 2);  // the reading side sees its end, and stops the rank
  }

  UniqueFd fd_;
  std::mutex mutex_;
  bool broken_ = false;
  Clock::time_point second_{};
  int sent_ = 0;
};

std::optional<pid_t> ReadPid(const std::string& path) {
  pid_t pid = 0;
  if (std::ifstream(path) >> pid && pid > 1) return pid;
  return std::nullopt;
}

// Whether this node's slurmd lives, without asking it: the kernel says when it ends.
class SlurmdWatch {
 public:
  SlurmdWatch(std::string pid_file, double grace)
      : pid_file_(std::move(pid_file)),
        grace_(std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(grace))) {
    Open();
  }

  int fd() const { return gone_ ? -1 : pidfd_.get(); }
  bool waits() const { return gone_.has_value(); }

  // True, once: it is gone and nothing came in its place.
  bool Gone() {
    if (!pidfd_ || told_) return false;
    struct pollfd ended = {pidfd_.get(), POLLIN, 0};
    if (::poll(&ended, 1, 0) <= 0) return false;
    if (!gone_) gone_ = Clock::now();
    const auto pid = ReadPid(pid_file_);
    if (pid && *pid != pid_ && Open()) {
      gone_.reset();
      return false;
    }
    if (Clock::now() - *gone_ < grace_) return false;
    told_ = true;
    gone_.reset();
    pidfd_.reset();
    return true;
  }

 private:
  bool Open() {
    const auto pid = pid_file_.empty() ? std::nullopt : ReadPid(pid_file_);
    if (!pid) return false;
    UniqueFd fd(static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0)));
    if (!fd) return false;
    pidfd_ = std::move(fd);
    pid_ = *pid;
    return true;
  }

  std::string pid_file_;
  Clock::duration grace_;
  UniqueFd pidfd_;
  pid_t pid_ = 0;
  std::optional<Clock::time_point> gone_;
  bool told_ = false;
};

// Waits beside the engine for what ends the rank. The engine is told by signals to this process, as
// an operator would: SIGTERM to stop, SIGINT after it to kill.
class Watcher {
 public:
  Watcher(Leash& leash, LeashLines lines, const StepFile& step, std::string pid_file)
      : leash_(leash),
        lines_(std::move(lines)),
        step_(step),
        slurmd_(std::move(pid_file), step.slurmd_grace_seconds),
        wake_(::eventfd(0, EFD_CLOEXEC)),
        thread_([this] { Run(); }) {}
  ~Watcher() {
    done_ = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t ignored = ::write(wake_.get(), &one, sizeof one);
    thread_.join();
  }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  bool lost() const { return lost_; }
  bool asked() const { return asked_; }

 private:
  static Clock::duration Seconds(double seconds) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  }

  void Ask(double grace) {
    const auto at = Clock::now() + Seconds(grace);
    if (!asked_.exchange(true)) {
      ::kill(::getpid(), SIGTERM);
      kill_at_ = at;
    }
    if (!kill_at_ || at < *kill_at_) kill_at_ = at;
  }

  void OnLeash() {
    const bool open = lines_.ReadFrom(leash_.fd());
    while (auto line = lines_.Next()) {
      const auto stop = line->is_object() ? line->find("stop") : line->end();
      if (!line->is_object() || stop == line->end()) continue;
      Ask(*stop == "orderly" ? step_.stop_grace_seconds : step_.grace_seconds);
    }
    if (!open) {
      lost_ = true;
      Ask(step_.grace_seconds);
    }
  }

  void Run() {
    while (!done_) {
      struct pollfd fds[] = {{lost_ ? -1 : leash_.fd(), POLLIN, 0},
                             {slurmd_.fd(), POLLIN, 0},
                             {wake_.get(), POLLIN, 0}};
      const bool soon = slurmd_.waits() || kill_at_ || leave_at_;
      ::poll(fds, 3, soon ? static_cast<int>(kLook.count()) : -1);
      if (done_) return;
      if (fds[0].revents != 0) OnLeash();
      if (slurmd_.Gone()) leash_.Send({{"kind", "slurmd-gone"}});
      if (kill_at_ && Clock::now() >= *kill_at_) {
        kill_at_.reset();
        ::kill(::getpid(), SIGINT);
        // Should the engine be stuck, on a file system that does not answer, say: the guardian ends
        // the rank when this process is gone.
        if (!leave_at_) leave_at_ = Clock::now() + Seconds(2);
      }
      if (leave_at_ && Clock::now() >= *leave_at_) ::_exit(kLeashLost);
    }
  }

  Leash& leash_;
  LeashLines lines_;
  const StepFile& step_;
  SlurmdWatch slurmd_;
  UniqueFd wake_;
  std::atomic<bool> done_ = false;
  std::atomic<bool> lost_ = false;
  std::atomic<bool> asked_ = false;
  std::optional<Clock::time_point> kill_at_;
  std::optional<Clock::time_point> leave_at_;
  std::thread thread_;  // last: it uses all of the above
};

// The batch program's greeting, and the answer to it.
base::Status Greet(const Leash& leash, LeashLines& lines, const StepFile& step,
                   const Place& place) {
  const auto until = Clock::now() + std::chrono::duration<double>(kConnectSeconds);
  while (Clock::now() < until) {
    struct pollfd ready = {leash.fd(), POLLIN, 0};
    ::poll(&ready, 1, 100);
    const bool open = lines.ReadFrom(leash.fd());
    if (const auto line = lines.Next();
        line && line->is_object() && line->contains("nonce") && line->at("nonce").is_string()) {
      const std::string nonce = line->at("nonce");
      const json hello = {{"kind", "hello"},
                          {"rank", place.rank},
                          {"node", place.node},
                          {"proof", LeashProof(step.token, nonce, place.rank)}};
      if (SendLine(leash.fd(), hello, kSendMilliseconds)) return base::Ok{};
      break;
    }
    if (!open) break;
  }
  return HostError(
      "LAUNCH0306",
      fmt::format("the batch program at {} port {} does not answer", step.address, step.port),
      "see the receipt's outcome: it may have ended already");
}

json EndLine(const EngineResult& result, bool asked) {
  const RankOutcome& rank = result.ranks.front();
  return {{"kind", "end"},
          {"asked", asked},
          {"ending", EndingName(result.ending)},
          {"reason", result.reason},
          {"killed", !result.killed.empty()},
          {"started", rank.started},
          {"exit_code", rank.exit_code},
          {"signal", rank.signal},
          {"seconds", rank.seconds},
          {"last_event", rank.last_event},
          {"phase", rank.phase},
          {"step", rank.step},
          {"last_line", rank.last_line},
          {"silent_seconds", rank.silent_seconds}};
}

}  // namespace

base::Expected<int> RunRankKeeper(const std::filesystem::path& step_file,
                                  const std::map<std::string, std::string>& environment) {
  const auto place = FindPlace(environment);
  if (!place) return place.errors();
  const auto step = ReadStepFile(step_file);
  if (!step) return step.errors();
  const auto command = std::find_if(step->ranks.begin(), step->ranks.end(),
                                    [&](const RankCommand& r) { return r.rank == place->rank; });
  if (command == step->ranks.end()) {
    return HostError("LAUNCH0308", fmt::format("there is no rank {} in this run", place->rank),
                     "leave starting this to nam56r launch --engine slurm");
  }
  auto fd = Connect(step->address, step->port, kConnectSeconds);
  if (!fd) return fd.errors();
  Leash leash(*std::move(fd));
  LeashLines lines;
  if (auto greeted = Greet(leash, lines, *step, *place); !greeted) return greeted.errors();

  EngineOptions options;
  options.log_directory = step->log_directory;
  options.grace_seconds = step->grace_seconds;
  options.stop_grace_seconds = step->stop_grace_seconds;
  options.hang = step->hang;
  options.max_log_bytes = step->max_log_bytes;
  options.on_event = [&](const RankEvent& event) {
    leash.Send({{"kind", "event"}, {"event", event.event}});
  };
  options.on_line = [&](std::int64_t, std::string_view line) {
    leash.SendIfIdle({{"kind", "line"}, {"line", line.substr(0, kMaxShown)}});
  };

  // One process of a node watches its slurmd.
  char host[256] = {};
  ::gethostname(host, sizeof host - 1);
  const bool first = place->local_rank == 0 && !step->slurmd_pid_file.empty();
  auto signals = SignalWatch::Start();  // before the thread, which must not get them
  if (!signals) return signals.errors();
  options.signals = &*signals;
  Watcher watcher(leash, std::move(lines), *step,
                  first ? ExpandNodePath(step->slurmd_pid_file, place->node, host) : "");
  LocalEngine engine;
  const auto result = engine.Run({*command}, options);
  if (!result) {
    leash.Send({{"kind", "refused"}, {"reason", result.errors().front().message}});
    return result.errors();
  }
  leash.Send(EndLine(*result, watcher.asked()));
  if (watcher.lost()) return kLeashLost;
  const RankOutcome& rank = result->ranks.front();
  constexpr int kSignalBase = 128;
  return rank.signal != 0 ? kSignalBase + rank.signal : rank.exit_code;
}

}  // namespace nam56r::launch::slurm
