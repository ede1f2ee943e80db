#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "src/base/files.h"
#include "src/base/program.h"
#include "src/base/utf8.h"
#include "src/cli/inputs.h"
#include "src/cli/launch_proofs.h"
#include "src/cli/live_line.h"
#include "src/cli/slurm_launch.h"
#include "src/launch/host_error.h"
#include "src/launch/machine.h"
#include "src/launch/progress.h"
#include "src/launch/slurm/rank_keeper.h"
#include "src/launch/slurm/slurm_tools.h"
#include "src/launch/slurm/step_engine.h"
#include "src/launch/slurm/submission.h"
#include "src/report/run_text.h"

namespace nam56r::cli {
namespace {

namespace slurm = launch::slurm;
using nlohmann::json;

json ResultJson(const slurm::SubmittedRun& run) {
  json result = json::object();
  const auto summary = run.outcome.is_object() ? run.outcome.find("summary") : run.outcome.end();
  if (run.outcome.is_object() && summary != run.outcome.end() && summary->is_object()) {
    result = *summary;
  }
  result["receipt"] = run.receipt_directory.string();
  result["job"] = run.job;
  if (run.outcome.is_object()) {
    result["outcome"] = run.outcome.value("status", json());
    for (const char* key : {"reason", "ending", "seconds"}) {
      if (run.outcome.contains(key)) result[key] = run.outcome[key];
    }
  }
  return result;
}

std::string ResultText(const slurm::SubmittedRun& run) {
  if (!run.outcome.is_object()) return "";
  const std::string status = run.outcome.value("status", std::string("failed"));
  const std::string reason = run.outcome.value("reason", std::string());
  std::string text = status;
  if (!reason.empty()) text += ": " + base::EscapeControls(reason);
  return fmt::format("{}\nreceipt  {}\n", text, run.receipt_directory.string());
}

std::string Text(const std::map<std::string, std::string>& environment, const char* name) {
  const auto at = environment.find(name);
  return at != environment.end() ? at->second : "";
}

// Where this job runs, as Slurm says.
base::Expected<slurm::Allocation> FindAllocation(
    const slurm::SlurmTools& tools, const std::map<std::string, std::string>& environment) {
  slurm::Allocation allocation;
  allocation.job = Text(environment, "SLURM_JOB_ID");
  allocation.node_list = Text(environment, "SLURM_JOB_NODELIST");
  if (allocation.job.empty() || allocation.node_list.empty()) {
    return launch::HostError("LAUNCH0308", "SLURM_JOB_ID or SLURM_JOB_NODELIST is missing",
                             "leave starting this to nam56r launch --engine slurm");
  }
  auto names = tools.HostNames(allocation.node_list);
  if (!names) return names.errors();
  allocation.nodes = *std::move(names);
  const auto nodes = tools.ShowNodes(allocation.node_list);
  if (!nodes) return nodes.errors();
  allocation.address = allocation.nodes.front();
  for (const slurm::Node& node : *nodes) {
    if (node.name == allocation.nodes.front()) allocation.address = node.address;
  }
  // Without it slurmctld's word has to do.
  if (auto file = tools.SlurmdPidFile()) allocation.slurmd_pid_file = *std::move(file);
  return allocation;
}

}  // namespace

int LaunchOnSlurm(const std::string& bytes, const std::string& file, const launch::RunOptions& run,
                  const LaunchArguments& arguments, const Terminal& terminal) {
  base::SystemProgramRunner runner;
  const slurm::SlurmTools tools(runner, run.launcher_environment);
  LiveLine live(terminal.err);
  std::unique_ptr<launch::Progress> progress;
  slurm::SubmitOptions options;
  options.run = run;
  options.host_file = arguments.host;
  options.detach = arguments.detach;
  options.accept_drift = arguments.accept_drift;
  const auto tell = [&](const std::string& line) {
    if (terminal.err_is_terminal) {
      live.Print(line);
    } else {
      terminal.err << line << std::endl;
    }
  };
  options.on_submitted = [&](const std::string& job, const std::filesystem::path& receipt) {
    if (terminal.format == Format::kText) {
      terminal.out << fmt::format("Slurm job {}\nreceipt  {}\n", job, receipt.string())
                   << std::flush;
    }
  };
  options.on_state = [&](const std::string& state) { tell(base::EscapeControls(state)); };
  options.on_start = [&](const contract::ReadContract& contract, const launch::BoundRun&) {
    launch::Progress::Options shape;
    shape.total_steps = contract.policy.batch.train_iters;
    shape.tokens_per_step =
        contract.policy.batch.global_batch_size * contract.recipe.model.seq_length;
    progress = std::make_unique<launch::Progress>(shape);
    if (terminal.format == Format::kText) terminal.out << report::StartText(contract) << std::flush;
  };
  options.on_event = [&](const launch::RankEvent& event, double seconds) {
    if (!progress->Feed(event, seconds)) return;
    if (terminal.err_is_terminal) {
      live.Draw(progress->Line());
    } else if (auto line = progress->PlainLine()) {
      terminal.err << *line << std::endl;
    }
  };
  auto result = slurm::RunThroughSlurm(bytes, file, options, tools);
  live.Clear();
  if (!result) return Refuse(result.errors(), terminal);
  if (terminal.format == Format::kJson) {
    terminal.out << ResultJson(*result).dump(2) << '\n';
  } else {
    terminal.out << ResultText(*result);
  }
  if (arguments.detach) return kDone;
  return result->outcome.value("status", std::string()) == "succeeded" ? kDone : kFindings;
}

int RunSlurmBatch(const std::string& batch_file, const Terminal& terminal) {
  const auto request = slurm::ReadBatchFile(batch_file);
  if (!request) return Refuse(request.errors(), terminal);
  const auto bytes = base::ReadFile(request->contract, base::Surface::kHost);
  if (!bytes) return Refuse(bytes.errors(), terminal);
  std::optional<base::Loaded<host::Host>> host;
  if (!request->host.empty()) {
    auto loaded = host::Load(request->host);
    if (!loaded) return Refuse(loaded.errors(), terminal);
    host = std::move(*loaded);
  }

  std::map<std::string, std::string> environment = launch::ProcessEnvironment();
  for (const auto& [name, value] : request->environment) environment[name] = value;
  base::SystemProgramRunner runner;
  const slurm::SlurmTools tools(runner, environment);
  auto allocation = FindAllocation(tools, environment);
  if (!allocation) return Refuse(allocation.errors(), terminal);
  allocation->ranks_per_node = request->ranks_per_node;
  allocation->slurmd_grace_seconds = request->slurmd_grace_seconds;
  const auto srun = slurm::FindProgram(tools.environment(), "srun");
  if (!srun) return Refuse(srun.errors(), terminal);

  launch::RunOptions options;
  options.host = host ? &*host : nullptr;
  options.receipt_directory = request->receipt_directory;
  options.launcher_environment = request->environment;
  options.engine = "slurm";
  options.nodes = allocation->nodes;
  options.master_addr = allocation->address;
  options.grace_seconds = request->grace_seconds;
  options.stop_grace_seconds = request->stop_grace_seconds;
  options.walltime_seconds = request->walltime_seconds;
  options.hang = request->hang;
  options.restarts = request->restarts;
  // The first node is looked at, which this runs on; the others are taken to be like it.
  LaunchArguments proofs;
  proofs.accept_drift = request->accept_drift;
  AddProofs(proofs, terminal, options, runner);
  slurm::StepEngine engine(*allocation, tools, *srun, launch::ThisExecutable());
  const auto result = launch::RunContract(*bytes, request->contract.string(), options, engine);
  if (!result) return Refuse(result.errors(), terminal);
  return result->engine.outcome == launch::Outcome::kSucceeded ? kDone : kFindings;
}

int RunSlurmRank(const std::string& step_file, const Terminal& terminal) {
  const auto code = slurm::RunRankKeeper(step_file, launch::ProcessEnvironment());
  if (!code) return Refuse(code.errors(), terminal);
  return *code;
}

}  // namespace nam56r::cli
