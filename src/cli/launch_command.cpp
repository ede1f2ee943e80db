#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "src/base/files.h"
#include "src/base/utf8.h"
#include "src/cli/commands.h"
#include "src/cli/engine_choice.h"
#include "src/cli/inputs.h"
#include "src/cli/live_line.h"
#include "src/cli/supervision.h"
#include "src/launch/catalog/catalog.h"
#include "src/launch/engine_name.h"
#include "src/launch/kubernetes/manifest.h"
#include "src/launch/progress.h"
#include "src/launch/run.h"
#include "src/report/dry_run_text.h"
#include "src/report/run_text.h"

namespace nam56r::cli {
namespace {

base::Diagnostic Usage(std::string message, std::string fix) {
  base::Diagnostic error;
  error.code = "LAUNCH0100";
  error.surface = base::Surface::kHost;
  error.message = std::move(message);
  error.fix = std::move(fix);
  return error;
}

struct Target {
  std::string bytes;
  std::string file;
};

// A contract is launched as it lies on disk; a recipe is compiled first, and then launched as a
// contract all the same.
base::Expected<Target> ReadTarget(const LaunchArguments& arguments, const Terminal& terminal) {
  if (!arguments.target.ends_with(".toml")) {
    if (!arguments.policy.empty()) {
      return Usage(arguments.target + " is a contract, and --policy was given as well",
                   "leave --policy out, or launch the recipe");
    }
    auto bytes = base::ReadFile(arguments.target, base::Surface::kHost);
    if (!bytes) return bytes.errors();
    return Target{std::move(*bytes), arguments.target};
  }
  if (arguments.policy.empty()) {
    return Usage(arguments.target + " is a recipe: what runs also depends on a policy",
                 "add --policy FILE, for example --policy policies/laptop.toml");
  }
  auto contract = CompileFiles(arguments.target, arguments.policy, /*dialect=*/"");
  if (!contract) return contract.errors();
  Warn(contract->warnings, terminal);
  return Target{ContractBytes(*contract), arguments.target};
}

}  // namespace

int RunLaunch(const LaunchArguments& arguments, const Terminal& terminal) {
  auto target = ReadTarget(arguments, terminal);
  if (!target) return Refuse(target.errors(), terminal);

  std::optional<base::Loaded<host::Host>> host;
  if (!arguments.host.empty()) {
    auto loaded = host::Load(arguments.host);
    if (!loaded) return Refuse(loaded.errors(), terminal);
    host = std::move(*loaded);
  }

  launch::RunOptions options;
  options.host = host ? &*host : nullptr;
  options.runs_directory = arguments.runs;
  options.launcher_environment = launch::ProcessEnvironment();
  options.engine = arguments.engine;
  options.node_rank = arguments.node_rank;
  options.complete = [&](std::string_view bytes, launch::BoundRun& run) -> base::Status {
    if (run.engine == "kubernetes") launch::AddManifest(bytes, options.host, run);
    return base::Ok{};
  };
  if (auto status = SetSupervision(arguments, options); !status) {
    return Refuse(status.errors(), terminal);
  }

  if (arguments.dry_run) {
    auto prepared = launch::PrepareRun(target->bytes, target->file, options);
    if (!prepared) return Refuse(prepared.errors(), terminal);
    if (terminal.format == Format::kJson) {
      terminal.out << report::DryRunJson(prepared->run).dump(2) << '\n';
    } else {
      terminal.out << report::DryRunText(*prepared);
      Warn(prepared->run.refused, terminal);
    }
    return kDone;
  }

  LiveLine live(terminal.err);
  std::unique_ptr<launch::Progress> progress;
  launch::Progress::Options shape;
  std::string where;  // shown at the start, and again at the end, far below it
  // Only a cache: a listing finds the receipt without it.
  options.record = [&](const std::filesystem::path& receipt) {
    if (auto recorded = launch::catalog::Record(receipt); !recorded) {
      base::Diagnostics notes = recorded.errors();
      for (base::Diagnostic& note : notes) note.severity = base::Severity::kWarning;
      Warn(notes, terminal);
    }
  };
  options.on_start = [&](const contract::ReadContract& contract, const launch::BoundRun& run) {
    shape.total_steps = contract.policy.batch.train_iters;
    shape.tokens_per_step =
        contract.policy.batch.global_batch_size * contract.recipe.model.seq_length;
    progress = std::make_unique<launch::Progress>(shape);
    if (terminal.format == Format::kText) {
      where = report::RanksText(contract, run);
      terminal.out << report::StartText(contract) << where << '\n' << std::flush;
    }
  };
  options.on_event = [&](const launch::RankEvent& event, double seconds) {
    if (!progress->Feed(event, seconds)) return;
    if (terminal.err_is_terminal) {
      live.Draw(progress->Line());
    } else if (auto line = progress->PlainLine()) {
      terminal.err << *line << std::endl;
    }
  };
  options.on_attempt = [&](const launch::Attempt& attempt) {
    if (attempt.decision.empty()) return;
    live.Clear();
    terminal.err << AttemptText(attempt) << std::endl;
    progress = std::make_unique<launch::Progress>(shape);  // the next one starts over
  };
  options.on_line = [&](std::int64_t rank, std::string_view line) {
    const std::string text = fmt::format("[rank {}] {}", rank, base::EscapeControls(line, "\t"));
    if (terminal.err_is_terminal) {
      live.Print(text);
    } else {
      terminal.err << text << std::endl;
    }
  };

  auto contract = contract::Parse(target->bytes, target->file);
  if (!contract) return Refuse(contract.errors(), terminal);
  auto name = launch::ChooseEngine(contract->dialect, arguments.engine);
  if (!name) return Refuse(name.errors(), terminal);
  auto engine = MakeEngine(*name);
  if (!engine) return Refuse(engine.errors(), terminal);
  auto result = launch::RunContract(target->bytes, target->file, options, **engine);
  live.Clear();
  if (!result) return Refuse(result.errors(), terminal);
  if (terminal.format == Format::kJson) {
    nlohmann::json json = launch::ToJson(result->summary);
    json["receipt"] = result->receipt_directory.string();
    json["outcome"] = report::OutcomeName(result->engine.outcome);
    json["reason"] = result->engine.reason;
    json["ending"] = launch::EndingName(result->engine.ending);
    json["named_ranks"] = result->engine.named;
    json["attempts"] = result->attempts.size();
    const std::optional<launch::Cause>& cause = result->attempts.back().cause;
    json["cause"] = cause ? launch::ToJson(*cause) : nlohmann::json();
    json["seconds"] = result->engine.seconds;
    terminal.out << json.dump(2) << '\n';
  } else {
    terminal.out << report::ResultText(*result) << '\n' << where;
  }
  return result->engine.outcome == launch::Outcome::kSucceeded ? kDone : kFindings;
}

}  // namespace nam56r::cli
