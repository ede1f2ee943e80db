#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "src/base/files.h"
#include "src/cli/commands.h"
#include "src/cli/inputs.h"
#include "src/cli/sides.h"
#include "src/launch/bisect/bisect.h"
#include "src/launch/run.h"
#include "src/launch/signal_watch.h"
#include "src/report/bisect_text.h"

namespace nam56r::cli {
namespace {

namespace fs = std::filesystem;
namespace bisect = launch::bisect;

base::Diagnostic Usage(std::string message, std::string fix) {
  base::Diagnostic error;
  error.code = "BISECT0100";
  error.surface = base::Surface::kHost;
  error.message = std::move(message);
  error.fix = std::move(fix);
  return error;
}

/// A private directory for candidates, gone with the object.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "nam56r-bisect-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

int Report(const base::Expected<bisect::Report>& report, const Terminal& terminal) {
  if (!report) return Refuse(report.errors(), terminal);
  if (terminal.format == Format::kJson) {
    terminal.out << bisect::ToJson(*report).dump(2, ' ', false,
                                                 nlohmann::json::error_handler_t::replace)
                 << '\n';
  } else {
    terminal.out << report::BisectText(*report);
  }
  return report->end == bisect::Report::End::kFound ? kDone : kFindings;
}

base::Expected<bisect::Report> WithProgram(const BisectArguments& arguments,
                                           const bisect::Candidates& candidates,
                                           const bisect::BisectOptions& options) {
  const Scratch scratch;
  if (scratch.path().empty()) {
    return Usage("there is no place for candidates below " + fs::temp_directory_path().string(),
                 "set TMPDIR to a directory that can be written to");
  }
  // Signals end the trial under way, which says so, and not this process.
  auto watch = launch::SignalWatch::Start();
  if (!watch) return watch.errors();
  base::SystemProgramRunner runner;
  bisect::ProgramOracle oracle({arguments.oracle, launch::ProcessEnvironment(), scratch.path(),
                                std::chrono::seconds(arguments.trial_seconds)},
                               runner);
  return bisect::Bisect(candidates, oracle, options);
}

base::Expected<bisect::Report> WithEngine(const BisectArguments& arguments,
                                          const bisect::Candidates& candidates,
                                          const bisect::BisectOptions& options) {
  std::optional<base::Loaded<host::Host>> host;
  if (!arguments.host.empty()) {
    auto loaded = host::Load(arguments.host);
    if (!loaded) return loaded.errors();
    host = std::move(*loaded);
  }
  launch::RunOptions run;
  run.host = host ? &*host : nullptr;
  run.runs_directory = arguments.runs;
  run.launcher_environment = launch::ProcessEnvironment();
  run.walltime_seconds = static_cast<double>(arguments.trial_seconds);
  launch::LocalEngine engine;
  bisect::EngineOracle oracle(std::move(run), engine);
  return bisect::Bisect(candidates, oracle, options);
}

}  // namespace

int RunBisect(const BisectArguments& arguments, const Terminal& terminal) {
  if (arguments.engine.empty() == arguments.oracle.empty()) {
    const bool both = !arguments.engine.empty();
    return Refuse({Usage(both ? "a launch and a command would both judge"
                              : "nothing says what judges a contract",
                         both ? "leave one of --engine and --oracle out"
                              : "add --engine local, or --oracle PROGRAM ARGUMENT...")},
                  terminal);
  }
  auto good = ReadSide(arguments.good);
  auto bad = ReadSide(arguments.bad);
  base::Diagnostics errors;
  if (!good) errors = good.errors();
  if (!bad) errors.insert(errors.end(), bad.errors().begin(), bad.errors().end());
  if (!errors.empty()) return Refuse(errors, terminal);
  if (terminal.format == Format::kText && good->host && bad->host && *good->host != *bad->host) {
    terminal.err << "note: the receipts were bound to different hosts, and hosts are not bisected: "
                    "every trial runs here (nam56r runs diff shows what differs)\n";
  }
  const bisect::Candidates candidates(good->contract, bad->contract, arguments.steps, Today());
  bisect::BisectOptions options;
  options.max_trials = static_cast<std::size_t>(arguments.max_trials);
  options.on_trial = [&](const bisect::Trial& trial) {
    if (terminal.format != Format::kText) return;
    terminal.err << report::TrialText(trial, candidates.differences().size()) << std::flush;
  };
  return Report(arguments.oracle.empty() ? WithEngine(arguments, candidates, options)
                                         : WithProgram(arguments, candidates, options),
                terminal);
}

}  // namespace nam56r::cli
