#include "src/launch/torchrun/torchrun_engine.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "src/base/files.h"
#include "src/launch/event_line.h"
#include "src/launch/event_number.h"
#include "src/launch/host_error.h"
#include "src/launch/line_splitter.h"
#include "src/launch/rank_log.h"
#include "src/launch/system_error.h"
#include "src/launch/torchrun/failures.h"
#include "src/launch/torchrun_lines.h"

namespace nam56r::launch {
namespace {

constexpr const char* kTemplate = "TORCHELASTIC_LOG_LINE_PREFIX_TEMPLATE";

// "[nam56r:TAG:${rank}] " as the binding wrote it.
std::string TagOf(const RankCommand& agent) {
  const auto it = agent.environment.find(kTemplate);
  if (it != agent.environment.end()) {
    const std::size_t colon = it->second.find(':');
    const std::size_t end = it->second.rfind(":${rank}] ");
    if (colon != std::string::npos && end != std::string::npos && colon < end) {
      return it->second.substr(colon + 1, end - colon - 1);
    }
  }
  throw std::logic_error("a torchrun agent without a prefix for its ranks' lines");
}

// The logs of one node's ranks and what is told of them.
class Node {
 public:
  static base::Expected<Node> Open(const RankCommand& agent, const EngineOptions& options) {
    Node node(agent, options);
    for (std::int64_t i = 0; i < agent.starts; ++i) {
      auto log = RankLog::Open(options.log_directory / fmt::format("rank-{}.log", agent.rank + i),
                               options.max_log_bytes);
      if (!log) return log.errors();
      node.logs_.push_back(*std::move(log));
    }
    return node;
  }

  static double Now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }

  void OnLine(std::int64_t rank, std::string_view line) {
    const std::int64_t index = rank - first_;
    if (rank == RankLines::kAgent || index < 0 || index >= std::ssize(logs_)) {
      failures_.Feed(line);
      if (options_->on_line) options_->on_line(first_, fmt::format("torchrun: {}", line));
      return;
    }
    RankLog& log = logs_[static_cast<std::size_t>(index)];
    RankOutcome& seen = seen_[static_cast<std::size_t>(index)];
    heard_[static_cast<std::size_t>(index)] = Now();
    log.AddLine(line);
    if (const int error = log.Flush(); error != 0 && log_error_ == 0) log_error_ = error;
    if (auto event = ParseEventLine(line)) {
      seen.last_event = EventKind(*event);
      if (const auto step = event->find("step");
          step != event->end() && step->is_number_integer()) {
        seen.step = step->get<std::int64_t>();
      }
      if (options_->on_event) options_->on_event({rank, *std::move(event)});
      return;
    }
    seen.last_line = line.substr(0, RankOutcome::kMaxLastLine);
    if (options_->on_line) options_->on_line(rank, line);
  }

  // The agent's result, told of its ranks. What torchrun did not say of a rank stays unknown.
  void Finish(EngineResult& result) {
    for (RankLog& log : logs_) {
      if (const int error = log.Close(); error != 0 && log_error_ == 0) log_error_ = error;
    }
    const std::vector<RankOutcome> agents = std::exchange(result.ranks, {});
    const RankOutcome agent = agents.empty() ? RankOutcome{} : agents.front();
    const bool of_ranks =
        result.ending == Ending::kRankExit || result.ending == Ending::kRankSignal;
    std::vector<std::int64_t> all;
    for (std::size_t i = 0; i < logs_.size(); ++i) {
      RankOutcome& rank = seen_[i];
      rank.rank = first_ + static_cast<std::int64_t>(i);
      all.push_back(rank.rank);
      rank.started = agent.started;
      rank.seconds = agent.seconds;
      rank.silent_seconds = std::min(Now() - heard_[i], agent.seconds);
      rank.first_failure = of_ranks && failures_.first() == rank.rank;
      rank.exit_code = agent.exit_code == 0 ? 0 : -1;
      if (const auto it = failures_.exit_codes().find(rank.rank);
          agent.exit_code != 0 && it != failures_.exit_codes().end()) {
        (it->second < 0 ? rank.signal : rank.exit_code) = std::abs(it->second);
      }
      result.ranks.push_back(rank);
    }
    if (!result.killed.empty()) result.killed = all;
    if (of_ranks) {
      NameFailure(agent, result);
    } else if (!result.named.empty()) {
      result.named = all;  // the agent was silent: nobody knows which of them
    }
    if (log_error_ != 0 && result.outcome == Outcome::kSucceeded) {
      result.outcome = Outcome::kFailed;
      result.ending = Ending::kLogLost;
      result.reason = fmt::format("the logs of ranks cannot be written: {}",
                                  std::generic_category().message(log_error_));
    }
  }

 private:
  Node(const RankCommand& agent, const EngineOptions& options)
      : first_(agent.rank),
        options_(&options),
        failures_(agent.rank),
        seen_(static_cast<std::size_t>(agent.starts)),
        heard_(seen_.size(), Now()) {}

  // An agent that fails either says whose failure it was, or failed by itself.
  void NameFailure(const RankOutcome& agent, EngineResult& result) const {
    const auto first = failures_.first();
    const std::int64_t index = first.value_or(-1) - first_;
    if (index < 0 || index >= std::ssize(result.ranks)) {
      result.named.clear();
      result.reason = agent.signal != 0
                          ? fmt::format("torchrun was killed by {}", SignalText(agent.signal))
                          : fmt::format("torchrun exited with {}", agent.exit_code);
      return;
    }
    const RankOutcome& rank = result.ranks[static_cast<std::size_t>(index)];
    result.named = {rank.rank};
    result.ending = rank.signal != 0 ? Ending::kRankSignal : Ending::kRankExit;
    result.reason =
        rank.signal != 0
            ? fmt::format("rank {} was killed by {}", rank.rank, SignalText(rank.signal))
            : fmt::format("rank {} exited with {}", rank.rank, rank.exit_code);
  }

  std::int64_t first_;
  const EngineOptions* options_;
  std::vector<RankLog> logs_;
  TorchrunFailures failures_;
  std::vector<RankOutcome> seen_;  ///< of each rank, as far as it is known
  std::vector<double> heard_;      ///< when it last wrote
  int log_error_ = 0;
};

// torchrun starts each worker in a session of its own (elastic/multiprocessing/subprocess_handler),
// which no signal to the agent's group reaches. Workers whose agent was killed become children of
// this process, and are killed here.
class Adopted {
 public:
  Adopted() : before_(Children()) {
    ::prctl(PR_GET_CHILD_SUBREAPER, &subreaper_before_);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  }
  ~Adopted() {
    // What a killed process had started comes to this process in turn.
    for (std::set<pid_t> left = Left(); !left.empty(); left = Left()) {
      for (const pid_t child : left) ::kill(child, SIGKILL);
      for (const pid_t child : left) {
        while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
        }
      }
    }
    ::prctl(PR_SET_CHILD_SUBREAPER, subreaper_before_);
  }
  Adopted(const Adopted&) = delete;
  Adopted& operator=(const Adopted&) = delete;

 private:
  std::set<pid_t> Left() const {
    std::set<pid_t> now = Children();
    for (const pid_t child : before_) now.erase(child);
    return now;
  }

  static std::set<pid_t> Children() {
    std::set<pid_t> children;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
      const std::string name = entry.path().filename().string();
      pid_t pid = 0;
      const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
      if (error != std::errc() || *rest != '\0') continue;
      // "PID (NAME) STATE PARENT ...": a name may hold anything, and ends at the last parenthesis.
      std::ifstream file(entry.path() / "stat");
      std::string stat;
      std::getline(file, stat);
      const std::size_t end = stat.rfind(')');
      if (end == std::string::npos || end + 4 >= stat.size()) continue;
      pid_t parent = 0;
      std::from_chars(stat.data() + end + 4, stat.data() + stat.size(), parent);
      if (parent == ::getpid()) children.insert(pid);
    }
    return children;
  }

  std::set<pid_t> before_;
  int subreaper_before_ = 0;
};

std::filesystem::path WorkerFiles(const RankCommand& agent) {
  constexpr std::string_view kFlag = "--log-dir=";
  for (const std::string& word : agent.argv) {
    if (word.starts_with(kFlag)) return word.substr(kFlag.size());
  }
  return {};
}

// What arrived by the agent need not lie there twice.
void RemoveWorkerFiles(const std::filesystem::path& directory) {
  if (directory.empty()) return;
  std::error_code ignored;
  std::vector<std::filesystem::path> copies;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name == "stdout.log" || name == "stderr.log") copies.push_back(entry.path());
  }
  for (const std::filesystem::path& copy : copies) std::filesystem::remove(copy, ignored);
}

}  // namespace

base::Expected<EngineResult> TorchrunEngine::Run(const std::vector<RankCommand>& agents,
                                                 const EngineOptions& options) {
  if (agents.size() != 1 || agents.front().starts < 1) {
    throw std::logic_error("engine torchrun runs one agent, which starts the ranks of its node");
  }
  const RankCommand& agent = agents.front();
  auto node = Node::Open(agent, options);
  if (!node) return node.errors();

  RankLines lines(TagOf(agent),
                  [&](std::int64_t rank, std::string_view line) { node->OnLine(rank, line); });
  EngineOptions of_agent = options;
  of_agent.log_directory = options.log_directory / "agent";
  if (auto made = base::MakePrivateDirectories(of_agent.log_directory, base::Surface::kHost);
      !made) {
    return made.errors();
  }
  of_agent.on_line = [&](std::int64_t, std::string_view line) {
    lines.Feed(line, line.size() >= LineSplitter::kMaxBytes);
  };
  auto result = [&] {
    const Adopted adopted;
    LocalEngine local;
    return local.Run(agents, of_agent);
  }();
  if (!result) return result;
  lines.Finish();
  const bool agent_ended = !result->ranks.empty() && result->ranks.front().signal == 0;
  node->Finish(*result);
  result->log_directory = options.log_directory;
  if (agent_ended) RemoveWorkerFiles(WorkerFiles(agent));
  return result;
}

}  // namespace nam56r::launch
