#include "src/launch/kubernetes/kubernetes_engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <utility>

#include "src/base/files.h"
#include "src/launch/event_line.h"
#include "src/launch/event_number.h"
#include "src/launch/host_error.h"
#include "src/launch/kubernetes/manifest.h"
#include "src/launch/line_splitter.h"
#include "src/launch/pods.h"
#include "src/launch/rank_log.h"
#include "src/launch/signal_watch.h"
#include "src/launch/system_error.h"
#include "src/launch/torchrun/failures.h"
#include "src/launch/torchrun_lines.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr const char* kIndexLabel = "batch.kubernetes.io/job-completion-index";

std::string Text(const json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto it = object.find(name);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

const json& At(const json& object, std::initializer_list<const char*> path) {
  static const json none;
  const json* at = &object;
  for (const char* name : path) {
    if (!at->is_object() || !at->contains(name)) return none;
    at = &(*at)[name];
  }
  return *at;
}

// The last line that is not empty: what a tool complains of.
std::string Complaint(const base::ProgramEnd& end) {
  if (!end.why_not.empty()) return end.why_not;
  std::string_view text = end.err.empty() ? end.out : end.err;
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  const std::size_t line = text.rfind('\n');
  if (line != std::string_view::npos) text.remove_prefix(line + 1);
  return text.empty() ? fmt::format("exit code {}", end.exit_code) : std::string(text);
}

struct PodEnd {
  std::string name;
  std::int64_t index = -1;
  bool started = false;
  std::optional<int> exit_code;
  std::string reason;  ///< "OOMKilled", "Evicted", "ImagePullBackOff"
};

PodEnd ReadPod(const json& pod) {
  PodEnd end;
  end.name = Text(At(pod, {"metadata"}), "name");
  const std::string index = Text(At(pod, {"metadata", "labels"}), kIndexLabel);
  if (!index.empty() && index.size() < 9 &&
      index.find_first_not_of("0123456789") == std::string::npos) {
    end.index = std::stoll(index);
  }
  end.reason = Text(At(pod, {"status"}), "reason");
  const json& statuses = At(pod, {"status", "containerStatuses"});
  if (!statuses.is_array()) return end;
  for (const json& status : statuses) {
    if (Text(status, "name") != kPodJob) continue;
    const json& terminated = At(status, {"state", "terminated"});
    const json& waiting = At(status, {"state", "waiting"});
    end.started = terminated.is_object() || At(status, {"state", "running"}).is_object();
    if (const json& code = At(terminated, {"exitCode"}); code.is_number_integer()) {
      end.exit_code = code.get<int>();
    }
    for (const json* state : {&terminated, &waiting}) {
      const std::string why = Text(*state, "reason");
      if (!why.empty() && why != "Completed" && why != "Error") end.reason = why;
    }
  }
  return end;
}

/// One run, from its manifest to its logs.
class ClusterRun {
 public:
  ClusterRun(const KubernetesEngine::Options& settings, base::ProgramRunner& runner,
             const RankCommand& pod, const EngineOptions& options, SignalWatch& signals)
      : settings_(settings), runner_(runner), pod_(pod), options_(options), signals_(signals) {}

  base::Expected<EngineResult> Run() {
    result_.log_directory = options_.log_directory;
    if (auto status = ReadManifest(); !status) return status.errors();
    if (auto status = Apply(); !status) return status.errors();
    Follow();
    auto collected = Collect();
    if (result_.outcome != Outcome::kFailed || stopped_) Delete();
    result_.seconds = Elapsed();
    if (!collected) {
      result_.outcome = Outcome::kFailed;
      result_.ending = Ending::kLogLost;
      result_.reason = collected.errors().front().message;
    }
    return std::move(result_);
  }

 private:
  double Elapsed() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  base::ProgramEnd Kubectl(std::vector<std::string> words, std::size_t max_out = 16u << 20) {
    base::Program program;
    program.argv = {settings_.kubectl};
    program.argv.insert(program.argv.end(), words.begin(), words.end());
    program.environment = settings_.environment;
    program.limit = std::chrono::seconds(60);
    program.max_out = max_out;
    return runner_.Run(program);
  }

  // The manifest lies in the receipt, above the logs of every attempt.
  base::Status ReadManifest() {
    std::filesystem::path directory = options_.log_directory;
    while (directory.filename() != "logs" && directory.has_relative_path()) {
      directory = directory.parent_path();
    }
    manifest_ = (directory.parent_path() / kManifestFile).string();
    auto bytes = base::ReadFile(manifest_, base::Surface::kHost);
    if (!bytes) return bytes.errors();
    const json list = json::parse(*bytes, nullptr, /*allow_exceptions=*/false);
    const json& items = At(list, {"items"});
    if (!items.is_array() || items.empty()) {
      throw std::logic_error("the manifest of a run holds no objects");
    }
    const json& run = items.back();
    resource_ = Text(run, "kind") == "TrainJob" ? "trainjobs.trainer.kubeflow.org"
                                                : "jobsets.jobset.x-k8s.io";
    name_ = Text(At(run, {"metadata"}), "name");
    namespace_ = Text(At(run, {"metadata"}), "namespace");
    const json& data = At(items.front(), {"data"});
    const json contract =
        json::parse(Text(data, "contract.json"), nullptr, /*allow_exceptions=*/false);
    tag_ = RunTag(Text(contract, "digest"));
    const json& spec = At(run, {"spec"});
    const json& jobs = At(spec, {"replicatedJobs"});
    const json& copies = jobs.is_array() && !jobs.empty()
                             ? At(jobs.front(), {"template", "spec", "completions"})
                             : At(spec, {"trainer", "numNodes"});
    copies_ = copies.is_number_integer() ? copies.get<std::int64_t>() : 1;
    return base::Ok{};
  }

  // Server-side: the client-side kind keeps a second copy of each object in an annotation, which
  // holds 256 KiB, and a contract alone may be larger.
  base::Status Apply() {
    // What an earlier attempt left is of the same name, and has ended.
    if (options_.log_directory.filename() != "logs") {
      Kubectl({"delete", "--ignore-not-found", "--wait=true", "--filename=" + manifest_});
    }
    const base::ProgramEnd end =
        Kubectl({"apply", "--server-side", "--field-manager=nam56r", "--filename=" + manifest_});
    if (end.succeeded()) return base::Ok{};
    if (!end.started) {
      base::Diagnostic error = HostError(
          "LAUNCH0001", fmt::format("{} cannot be run: {}", settings_.kubectl, end.why_not),
          "install kubectl, and have it on PATH");
      error.fields = {"kubectl"};
      return error;
    }
    Delete();  // some of it may have got there
    base::Diagnostic error = HostError(
        "LAUNCH0514", fmt::format("the cluster does not take the manifest: {}", Complaint(end)),
        fmt::format("kubectl apply --server-side --dry-run=server --filename={}", manifest_));
    error.where = {{{manifest_, 0, 0}, "what was applied"}};
    return error;
  }

  void Follow() {
    int unanswered = 0;
    while (true) {
      if (const auto request = Request()) return Stop(*request);
      const base::ProgramEnd end =
          Kubectl({"get", resource_, name_, "--namespace=" + namespace_, "--output=json"});
      if (end.interrupted) continue;  // the signal is read above
      const json object = json::parse(end.out, nullptr, /*allow_exceptions=*/false);
      if (end.succeeded() && object.is_object()) {
        unanswered = 0;
        const ClusterState state = ReadClusterState(object);
        if (state.phase == ClusterState::Phase::kCompleted) {
          result_.outcome = Outcome::kSucceeded;
          result_.ending = Ending::kDone;
          return;
        }
        if (state.phase == ClusterState::Phase::kFailed) {
          result_.ending = Ending::kRankExit;
          result_.reason = fmt::format("the cluster says: {}", state.why);
          return;
        }
      } else if (++unanswered >= settings_.patience ||
                 end.err.find("NotFound") != std::string::npos) {
        result_.ending = Ending::kNodeLost;
        result_.reason =
            fmt::format("{} {} cannot be followed any more: {}", resource_, name_, Complaint(end));
        return;
      }
      signals_.Wait(settings_.poll);
    }
  }

  std::optional<StopRequest> Request() {
    if (const auto number = signals_.Next()) {
      return StopRequest{Ending::kRequested, "interrupted by " + SignalText(*number), {}};
    }
    if (options_.walltime_seconds > 0 &&
        Elapsed() + options_.stop_grace_seconds >= options_.walltime_seconds) {
      return StopRequest{Ending::kWalltime, "the walltime is over", {}};
    }
    return options_.stop_wanted ? options_.stop_wanted() : std::nullopt;
  }

  void Stop(const StopRequest& request) {
    stopped_ = true;
    result_.ending = request.ending;
    result_.reason = request.reason;
    result_.named = request.ranks;
    const bool asked = request.ending == Ending::kRequested || request.ending == Ending::kWalltime;
    result_.outcome = asked ? Outcome::kInterrupted : Outcome::kFailed;
  }

  void Delete() {
    const base::ProgramEnd end =
        Kubectl({"delete", "--ignore-not-found", "--wait=false", "--filename=" + manifest_});
    if (end.succeeded()) return;
    result_.reason += fmt::format("{}it could not be removed ({}): kubectl delete --filename={}",
                                  result_.reason.empty() ? "" : "; ", Complaint(end), manifest_);
  }

  base::Status Collect() {
    const std::int64_t world = copies_ * pod_.starts;
    for (std::int64_t rank = 0; rank < world; ++rank) {
      auto log = RankLog::Open(options_.log_directory / fmt::format("rank-{}.log", rank),
                               options_.max_log_bytes);
      if (!log) return log.errors();
      logs_.push_back(*std::move(log));
      RankOutcome outcome;
      outcome.rank = rank;
      result_.ranks.push_back(outcome);
    }
    const base::ProgramEnd end =
        Kubectl({"get", "pods", "--namespace=" + namespace_,
                 "--selector=jobset.sigs.k8s.io/jobset-name=" + name_, "--output=json"});
    const json list = json::parse(end.out, nullptr, /*allow_exceptions=*/false);
    const json& items = At(list, {"items"});
    if (!end.succeeded() || !items.is_array()) {
      result_.reason += fmt::format("{}the pods cannot be listed: {}",
                                    result_.reason.empty() ? "" : "; ", Complaint(end));
      return CloseLogs();
    }
    std::vector<PodEnd> pods;
    for (const json& item : items) pods.push_back(ReadPod(item));
    std::sort(pods.begin(), pods.end(),
              [](const PodEnd& a, const PodEnd& b) { return a.index < b.index; });
    for (const PodEnd& pod : pods) {
      if (pod.index >= 0 && pod.index < copies_) CollectPod(pod);
    }
    if (result_.ending == Ending::kRankExit && !failure_.empty()) result_.reason = failure_;
    return CloseLogs();
  }

  base::Status CloseLogs() {
    for (RankLog& log : logs_) {
      if (const int error = log.Close(); error != 0)
        return SystemError("write a rank's log", error);
    }
    return base::Ok{};
  }

  void CollectPod(const PodEnd& pod) {
    const std::int64_t first = pod.index * pod_.starts;
    TorchrunFailures failures(first);
    RankLines lines(tag_, [&](std::int64_t rank, std::string_view line) {
      if (rank == RankLines::kAgent) {
        failures.Feed(line);
        rank = first;
      }
      if (rank >= first && rank < first + pod_.starts) OnLine(rank, line);
    });
    LineSplitter splitter(
        [&](std::string_view line) { lines.Feed(line, line.size() >= LineSplitter::kMaxBytes); });
    constexpr std::int64_t kMost = std::int64_t{256} << 20;
    const std::int64_t bytes = std::clamp<std::int64_t>(options_.max_log_bytes * pod_.starts,
                                                        std::int64_t{1} << 20, kMost);
    const base::ProgramEnd end =
        Kubectl({"logs", pod.name, "--namespace=" + namespace_,
                 fmt::format("--container={}", kPodJob), fmt::format("--limit-bytes={}", bytes)},
                static_cast<std::size_t>(bytes) + (1u << 20));
    splitter.Feed(end.out);
    splitter.Finish();
    lines.Finish();
    if (!end.succeeded()) {
      OnLine(first, fmt::format("[nam56r] the log of pod {} is not complete: {}", pod.name,
                                Complaint(end)));
    }
    for (std::int64_t rank = first; rank < first + pod_.starts; ++rank) {
      RankOutcome& outcome = result_.ranks[static_cast<std::size_t>(rank)];
      outcome.started = pod.started;
      outcome.seconds = Elapsed();
      int code = pod.exit_code.value_or(-1);
      if (pod_.starts > 1 && code != 0) {
        const auto it = failures.exit_codes().find(rank);
        code = it != failures.exit_codes().end() ? it->second : -1;
        if (code < -1 || (it != failures.exit_codes().end() && code < 0)) {
          outcome.signal = std::abs(code);
          code = -1;
        }
      } else if (code > 128 && code < 128 + 65) {
        outcome.signal = code - 128;  // as a container's exit code tells of a signal
        code = -1;
      }
      outcome.exit_code = code;
    }
    NameFailure(pod, failures.first().value_or(first));
  }

  // Of the first pod that failed; the cluster does not tell them apart by time.
  void NameFailure(const PodEnd& pod, std::int64_t rank) {
    const bool failed =
        (pod.exit_code && *pod.exit_code != 0) || (!pod.exit_code && !pod.reason.empty());
    if (!failed || !failure_.empty() || result_.ending != Ending::kRankExit) return;
    RankOutcome& outcome = result_.ranks[static_cast<std::size_t>(
        std::clamp<std::int64_t>(rank, 0, std::ssize(result_.ranks) - 1))];
    outcome.first_failure = true;
    result_.named = {outcome.rank};
    if (outcome.signal != 0) result_.ending = Ending::kRankSignal;
    const std::string how = outcome.signal != 0 ? "was killed by " + SignalText(outcome.signal)
                            : outcome.exit_code >= 0
                                ? fmt::format("exited with {}", outcome.exit_code)
                                : "did not start";
    failure_ = fmt::format("rank {} {} (pod {}{}{})", outcome.rank, how, pod.name,
                           pod.reason.empty() ? "" : ", ", pod.reason);
    result_.reason = failure_;
  }

  void OnLine(std::int64_t rank, std::string_view line) {
    RankOutcome& seen = result_.ranks[static_cast<std::size_t>(rank)];
    RankLog& log = logs_[static_cast<std::size_t>(rank)];
    log.AddLine(line);
    log.Flush();
    if (auto event = ParseEventLine(line)) {
      seen.last_event = EventKind(*event);
      if (options_.on_event) options_.on_event({rank, *std::move(event)});
      return;
    }
    seen.last_line = line.substr(0, RankOutcome::kMaxLastLine);
    if (options_.on_line) options_.on_line(rank, line);
  }

  const KubernetesEngine::Options& settings_;
  base::ProgramRunner& runner_;
  const RankCommand& pod_;
  const EngineOptions& options_;
  SignalWatch& signals_;
  const Clock::time_point start_ = Clock::now();
  std::string manifest_;
  std::string resource_;
  std::string name_;
  std::string namespace_;
  std::string tag_;
  std::int64_t copies_ = 1;
  bool stopped_ = false;
  std::string failure_;
  std::vector<RankLog> logs_;
  EngineResult result_;
};

}  // namespace

ClusterState ReadClusterState(const json& object) {
  using Phase = ClusterState::Phase;
  ClusterState state;
  const json& conditions = At(object, {"status", "conditions"});
  if (!conditions.is_array()) return state;
  state.phase = conditions.empty() ? Phase::kWaiting : Phase::kRunning;
  for (const json& condition : conditions) {
    if (Text(condition, "status") != "True") continue;
    const std::string type = Text(condition, "type");
    const bool completed = type == "Completed" || type == "Complete";
    if (!completed && type != "Failed" && type != "Suspended") continue;
    // A run that ended stays ended, whatever else is said of it.
    if (state.phase == Phase::kCompleted || state.phase == Phase::kFailed) continue;
    state.phase = completed          ? Phase::kCompleted
                  : type == "Failed" ? Phase::kFailed
                                     : Phase::kSuspended;
    const std::string message = Text(condition, "message");
    state.why = Text(condition, "reason") + (message.empty() ? "" : ": " + message);
  }
  return state;
}

base::Expected<EngineResult> KubernetesEngine::Run(const std::vector<RankCommand>& pods,
                                                   const EngineOptions& options) {
  if (pods.size() != 1 || pods.front().starts < 1) {
    throw std::logic_error("engine kubernetes runs one command, which stands for all pods");
  }
  if (options.signals != nullptr) {
    return ClusterRun(options_, runner_, pods.front(), options, *options.signals).Run();
  }
  auto signals = SignalWatch::Start();
  if (!signals) return signals.errors();
  return ClusterRun(options_, runner_, pods.front(), options, *signals).Run();
}

}  // namespace nam56r::launch
