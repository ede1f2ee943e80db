#include "src/launch/slurm/submission.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "src/base/files.h"
#include "src/base/json_extern.h"
#include "src/base/utf8.h"
#include "src/launch/host_error.h"
#include "src/launch/machine.h"
#include "src/launch/signal_watch.h"
#include "src/launch/slurm/job_guard.h"
#include "src/launch/utc_time.h"

namespace nam56r::launch::slurm {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;
using std::filesystem::path;

constexpr std::size_t kMaxShebang = 255;  // BINPRM_BUF_SIZE less one, include/uapi/linux/binfmts.h
constexpr std::chrono::milliseconds kLook{100};
constexpr std::chrono::seconds kAsk{1};
constexpr std::chrono::seconds kSettle{1};  // for an outcome to arrive after the job's end

// The variables that binding reads (bind*.cpp, machine.cpp, cache_directory.cpp).
constexpr std::array kHandedOn = {
    "HOME", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "PATH", "XDG_CACHE_HOME"};

std::optional<json> ReadOutcome(const path& receipt) {
  const auto bytes = base::ReadFile(receipt / "outcome.json", base::Surface::kHost);
  if (!bytes) return std::nullopt;
  // It may be there before it is written: its place is reserved at the start.
  json outcome = json::parse(*bytes, nullptr, /*allow_exceptions=*/false);
  if (!outcome.is_object() || !outcome.contains("status")) return std::nullopt;
  return outcome;
}

// Whole lines of a file that grows.
class Tail {
 public:
  explicit Tail(path file) : file_(std::move(file)) {}

  template <class OnLine>
  void Read(const OnLine& on_line) {
    if (!in_.is_open()) {
      in_.open(file_, std::ios::binary);
      if (!in_) {
        in_ = {};
        return;
      }
    }
    in_.clear();
    std::array<char, 65536> bytes;
    while (in_.read(bytes.data(), bytes.size()), in_.gcount() > 0) {
      partial_.append(bytes.data(), static_cast<std::size_t>(in_.gcount()));
      std::size_t begin = 0;
      for (std::size_t end; (end = partial_.find('\n', begin)) != std::string::npos;
           begin = end + 1) {
        on_line(std::string_view(partial_).substr(begin, end - begin));
      }
      partial_.erase(0, begin);
    }
  }

 private:
  path file_;
  std::ifstream in_;
  std::string partial_;
};

std::string LastLines(const path& file) {
  const auto bytes = base::ReadFile(file, base::Surface::kHost);
  if (!bytes) return "";
  constexpr std::size_t kMost = 1500;
  const std::size_t begin = bytes->size() > kMost ? bytes->size() - kMost : 0;
  return base::EscapeControls(std::string_view(*bytes).substr(begin), "\n\t");
}

std::string StateText(const Job& job) {
  if (job.Waits()) return fmt::format("job {} waits: {}", job.id, job.reason);
  if (job.state == "RUNNING") return fmt::format("job {} runs on {}", job.id, job.nodes);
  return fmt::format("job {}: {}", job.id, JobStateText(job));
}

class Follower {
 public:
  Follower(std::string job, path receipt, path log, const SubmitOptions& options,
           const SlurmTools& tools, SignalWatch& signals)
      : job_(std::move(job)),
        receipt_(std::move(receipt)),
        log_(std::move(log)),
        options_(options),
        tools_(tools),
        signals_(signals),
        events_(receipt_ / "events.jsonl") {}

  base::Expected<json> Follow() {
    while (true) {
      auto outcome = ReadOutcome(receipt_);  // before the events, which are complete then
      ShowEvents();
      if (outcome) return *std::move(outcome);
      if (const auto over = AskSlurm()) {
        if (gone_at_ && Clock::now() - *gone_at_ >= kSettle) return WithoutOutcome(*over);
        if (!gone_at_) gone_at_ = Clock::now();
      }
      if (signals_.Wait(kLook)) OnSignal();
    }
  }

 private:
  void ShowEvents() {
    events_.Read([&](std::string_view line) {
      const json event = json::parse(line, nullptr, /*allow_exceptions=*/false);
      if (!event.is_object() || !options_.on_event) return;
      const auto rank = event.find("rank");
      const auto at = event.find("at");
      if (rank == event.end() || !rank->is_number_integer()) return;
      options_.on_event({rank->get<std::int64_t>(), event},
                        at != event.end() && at->is_number() ? at->get<double>() : 0);
    });
  }

  // The job once it is over.
  const std::optional<Job>& AskSlurm() {
    if (over_ || Clock::now() < ask_at_) return over_;
    ask_at_ = Clock::now() + kAsk;
    const auto job = tools_.ShowJob(job_);
    if (!job) {
      const base::Diagnostic& error = job.errors().front();
      // Slurm forgets jobs after MinJobAge. That it gives no answer means nothing.
      if (error.message.find("Invalid job id") != std::string::npos) {
        over_ = Job();
        over_->id = job_;
        over_->state = "UNKNOWN";
        over_->reason = "Slurm no longer knows it";
      } else {
        Tell(error.message);
      }
      return over_;
    }
    Tell(StateText(*job));
    if (job->Over()) over_ = *job;
    return over_;
  }

  void Tell(const std::string& state) {
    if (state != told_ && options_.on_state) options_.on_state(state);
    told_ = state;
  }

  base::Expected<json> WithoutOutcome(const Job& job) {
    const auto bytes = base::ReadFile(receipt_ / "receipt.json", base::Surface::kHost);
    if (!bytes) {
      base::Diagnostic error = HostError(
          "LAUNCH0305", fmt::format("Slurm job {} began no run: {}", job.id, JobStateText(job)),
          "what the batch program said is in " + log_.string());
      if (const std::string said = LastLines(log_); !said.empty()) error.message += "\n" + said;
      return error;
    }
    const json receipt = json::parse(*bytes, nullptr, /*allow_exceptions=*/false);
    const std::string started =
        receipt.is_object() ? receipt.value("started", std::string()) : std::string();
    json outcome = OutcomeOfJob(job, started);
    // The batch program's own may be there and not yet seen from here, as NFS has it: a link never
    // replaces it.
    const path own = receipt_ / ".outcome-of-the-follower";
    const path name = receipt_ / "outcome.json";
    auto written = base::WriteFileAtomically(own, outcome.dump(2) + "\n", base::Surface::kHost);
    if (!written) return written.errors();
    const bool first = ::link(own.c_str(), name.c_str()) == 0;
    std::error_code ignored;
    std::filesystem::remove(own, ignored);
    if (first) return outcome;
    const auto there = base::ReadFile(name, base::Surface::kHost);
    if (!there) return there.errors();
    json read = json::parse(*there, nullptr, /*allow_exceptions=*/false);
    return read.is_object() ? read : outcome;
  }

  void OnSignal() {
    while (signals_.Next()) {
      if (cancelled_) continue;
      Tell(fmt::format("cancelling job {}", job_));
      auto status = tools_.Cancel(job_);
      cancelled_ = status.ok();
      if (!status) Tell(status.errors().front().message + "; the next Ctrl-C tries again");
    }
  }

  std::string job_;
  path receipt_;
  path log_;
  const SubmitOptions& options_;
  const SlurmTools& tools_;
  SignalWatch& signals_;
  Tail events_;
  std::optional<Job> over_;
  std::optional<Clock::time_point> gone_at_;
  Clock::time_point ask_at_{};
  std::string told_;
  bool cancelled_ = false;
};

}  // namespace

base::Expected<std::string> BatchFile(const path& executable, const BatchRequest& request) {
  const std::string first = fmt::format("#!{} slurm-batch", executable.string());
  if (first.size() > kMaxShebang ||
      executable.string().find_first_of(" \t\n") != std::string::npos) {
    return HostError("LAUNCH0302",
                     fmt::format("the path of this program, {}, is longer than the first line of a "
                                 "batch file may be, or holds a space",
                                 executable.string()),
                     "install nam56r at a short path that every node sees");
  }
  const json file = {
      {"format", "nam56r.slurm-batch/1"},
      {"receipt", request.receipt_directory.string()},
      {"contract", request.contract.string()},
      {"host", request.host.string()},
      {"environment", request.environment},
      {"grace_seconds", request.grace_seconds},
      {"stop_grace_seconds",
       request.stop_grace_seconds ? json(*request.stop_grace_seconds) : json()},
      {"walltime_seconds", request.walltime_seconds},
      {"hang",
       {request.hang.heartbeat_seconds, request.hang.log_seconds, request.hang.before_first_step}},
      {"restarts", request.restarts},
      {"accept_drift", request.accept_drift},
      {"ranks_per_node", request.ranks_per_node},
      {"slurmd_grace_seconds", request.slurmd_grace_seconds}};
  return fmt::format("{}\n{}\n", first,
                     file.dump(-1, ' ', /*ensure_ascii=*/true, json::error_handler_t::replace));
}

base::Expected<BatchRequest> ReadBatchFile(const path& file) {
  const auto unusable = [&](const std::string& why) {
    return HostError("LAUNCH0307",
                     fmt::format("{} is no batch file of this program: {}", file.string(), why),
                     "submit with nam56r launch --engine slurm");
  };
  const auto bytes = base::ReadFile(file, base::Surface::kHost);
  if (!bytes) return unusable(bytes.errors()[0].message);
  const std::size_t end = bytes->find('\n');
  if (end == std::string::npos) return unusable("it has one line");
  try {
    const json request = json::parse(bytes->substr(end + 1));
    if (request.at("format") != "nam56r.slurm-batch/1") return unusable("another format");
    BatchRequest read;
    read.receipt_directory = request.at("receipt").get<std::string>();
    read.contract = request.at("contract").get<std::string>();
    read.host = request.at("host").get<std::string>();
    read.environment = request.at("environment").get<std::map<std::string, std::string>>();
    read.grace_seconds = request.at("grace_seconds").get<double>();
    const json& grace = request.at("stop_grace_seconds");
    if (!grace.is_null()) read.stop_grace_seconds = grace.get<double>();
    read.walltime_seconds = request.at("walltime_seconds").get<double>();
    const json& hang = request.at("hang");
    read.hang = {hang.at(0).get<double>(), hang.at(1).get<double>(), hang.at(2).get<double>()};
    read.restarts = request.at("restarts").get<std::int64_t>();
    read.accept_drift = request.at("accept_drift").get<std::vector<std::string>>();
    read.ranks_per_node = request.at("ranks_per_node").get<std::int64_t>();
    read.slurmd_grace_seconds = request.at("slurmd_grace_seconds").get<double>();
    return read;
  } catch (const json::exception& error) {
    return unusable(error.what());
  }
}

json OutcomeOfJob(const Job& job, std::string_view started) {
  Ending ending = Ending::kLaunchFailed;
  if (job.state == "NODE_FAIL" || job.state == "BOOT_FAIL") ending = Ending::kNodeLost;
  if (job.state == "TIMEOUT" || job.state == "DEADLINE") ending = Ending::kWalltime;
  if (job.state == "CANCELLED" || job.state == "PREEMPTED") ending = Ending::kRequested;
  if (job.state == "OUT_OF_MEMORY") ending = Ending::kRankSignal;
  const bool interrupted = ending == Ending::kRequested;
  return {{"format", "nam56r.outcome/1"},
          {"status", interrupted ? "interrupted" : "failed"},
          {"reason", fmt::format("Slurm job {} is gone and its batch program left no outcome: {}",
                                 job.id, JobStateText(job))},
          {"ending", EndingName(ending)},
          {"named_ranks", json::array()},
          {"killed_ranks", json::array()},
          {"first_failure", nullptr},
          {"ranks", json::array()},
          {"started", started},
          {"ended", UtcText(UnixNow())},
          {"seconds", std::max<std::int64_t>(job.run_seconds, 0)},
          {"last_metrics", json::object()},
          {"summary", nullptr},
          {"slurm", {{"job", job.id}, {"state", job.state}, {"reason", job.reason}}}};
}

base::Expected<SubmittedRun> RunThroughSlurm(std::string_view contract_bytes,
                                             const std::string& file, const SubmitOptions& options,
                                             const SlurmTools& tools) {
  auto prepared = PrepareRun(contract_bytes, file, options.run);
  if (!prepared) return prepared.errors();
  if (!prepared->run.refused.empty()) return prepared->run.refused;
  if (prepared->contract.dialect != "native") {
    base::Diagnostic error = HostError(
        "LAUNCH0008",
        fmt::format("engine slurm starts native contracts; this one is for {}",
                    prepared->contract.dialect),
        "start torchrun in an allocation of your own: salloc, and on each node nam56r launch "
        "--engine torchrun --node-rank N");
    error.fields = {"--engine", "run.backend"};
    error.valid = {"torchrun", "kubernetes"};
    return error;
  }
  const path receipt = prepared->run.receipt_directory;
  const path directory = receipt.parent_path() / ".slurm" / receipt.filename();
  const path executable =
      options.run.executable.empty() ? ThisExecutable() : options.run.executable;

  const host::Host defaults;
  const host::Host& host = options.run.host != nullptr ? options.run.host->value : defaults;
  const auto world = static_cast<std::int64_t>(prepared->run.ranks.size());
  const std::int64_t nodes = std::min(host.machine.nodes, world);
  if (world % nodes != 0) {
    base::Diagnostic error = HostError(
        "LAUNCH0309", fmt::format("{} ranks cannot be dealt out evenly to {} nodes", world, nodes),
        "change machine.nodes of the host file, or layout.world_size of the policy");
    error.fields = {"machine.nodes", "layout.world_size"};
    return error;
  }

  BatchRequest request;
  request.receipt_directory = receipt;
  request.contract = directory / "contract.json";
  request.grace_seconds = options.run.grace_seconds;
  request.stop_grace_seconds = options.run.stop_grace_seconds;
  request.walltime_seconds = options.run.walltime_seconds;
  request.hang = options.run.hang;
  request.restarts = options.run.restarts;
  request.accept_drift = options.accept_drift;
  request.ranks_per_node = world / nodes;
  request.slurmd_grace_seconds = host.slurm.slurmd_grace_seconds;
  for (const char* name : kHandedOn) {
    const auto at = options.run.launcher_environment.find(name);
    if (at != options.run.launcher_environment.end()) request.environment.insert(*at);
  }

  if (auto made = base::MakePrivateDirectories(directory, base::Surface::kHost); !made) {
    return made.errors();
  }
  const auto keep = [&](const path& target, std::string_view bytes, unsigned mode) {
    return base::WriteFileAtomically(target, bytes, base::Surface::kHost, mode);
  };
  if (auto kept = keep(request.contract, contract_bytes, 0600); !kept) return kept.errors();
  if (!options.host_file.empty()) {
    const auto bytes = base::ReadFile(options.host_file, base::Surface::kHost);
    if (!bytes) return bytes.errors();
    request.host = directory / "host.toml";
    if (auto kept = keep(request.host, *bytes, 0600); !kept) return kept.errors();
  }
  const auto batch = BatchFile(executable, request);
  if (!batch) return batch.errors();

  Submission submission;
  submission.script = (directory / "batch").string();
  if (auto kept = keep(submission.script, *batch, 0700); !kept) return kept.errors();
  submission.name = "nam56r";
  submission.directory = directory.string();
  submission.output = (directory / "job.log").string();
  submission.nodes = nodes;
  submission.ranks_per_node = world / nodes;
  submission.cores_per_rank = host.machine.threads_per_rank;
  submission.gpus_per_node = host.machine.gpus_per_node;
  submission.partition = host.slurm.partition;
  submission.account = host.slurm.account;
  submission.qos = host.slurm.qos;
  submission.time_limit = host.slurm.time_limit;
  constexpr double kMargin = 15;
  constexpr double kLongestDefault = 60;  // see RunOptions
  submission.term_seconds =
      static_cast<std::int64_t>(request.stop_grace_seconds.value_or(kLongestDefault) + kMargin);

  // The guardian before the watch, whose handlers it must not inherit.
  auto scancel = FindProgram(tools.environment(), "scancel");
  if (!scancel) return scancel.errors();
  auto guard = JobGuard::Start(*scancel, tools.environment());
  if (!guard) return guard.errors();
  auto job = tools.Submit(submission);
  if (!job) return job.errors();
  if (!options.detach) guard->Watch(*job);
  if (options.on_submitted) options.on_submitted(*job, receipt);
  if (options.detach) return SubmittedRun{*job, receipt, nullptr};
  if (options.on_start) options.on_start(prepared->contract, prepared->run);
  auto signals = SignalWatch::Start();
  if (!signals) return signals.errors();
  Follower follower(*job, receipt, directory / "job.log", options, tools, *signals);
  auto outcome = follower.Follow();
  guard->Release();
  if (!outcome) return outcome.errors();
  return SubmittedRun{*job, receipt, *std::move(outcome)};
}

}  // namespace nam56r::launch::slurm
