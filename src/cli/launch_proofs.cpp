#include "src/cli/launch_proofs.h"

#include "src/launch/bootstrap/seam_watch.h"
#include "src/launch/catalog/catalog.h"
#include "src/launch/probe/prove.h"
#include "src/launch/why/inputs.h"

namespace nam56r::cli {
namespace {

// What is an error refuses the run; the rest is told.
base::Expected<nlohmann::json> Prove(const contract::ReadContract& contract,
                                     const launch::BoundRun& run, const LaunchArguments& arguments,
                                     const Terminal& terminal, const launch::RunOptions& options) {
  // The pods' machines are not this one.
  if (run.engine == "kubernetes") {
    return nlohmann::json{{"probe", {{"skipped", "engine kubernetes runs on other machines"}}}};
  }
  launch::probe::ProbeRequest request;
  request.host = options.host;
  request.contract = &contract;
  request.run = &run;
  request.launcher_environment = options.launcher_environment;
  request.executable = options.executable;
  request.runs = run.receipt_directory.parent_path();
  const launch::probe::HostProof proof = launch::probe::ProveHost(request, arguments.accept_drift);
  if (proof.refused()) return proof.findings;
  Warn(proof.findings, terminal);
  return ToJson(proof);
}

}  // namespace

void AddProofs(const LaunchArguments& arguments, const Terminal& terminal,
               launch::RunOptions& options, base::ProgramRunner& runner) {
  options.prove = [&](const contract::ReadContract& contract, const launch::BoundRun& run) {
    return Prove(contract, run, arguments, terminal, options);
  };
  options.attribute = launch::why::CauseOf;
  options.record = [&terminal](const std::filesystem::path& receipt) {
    auto recorded = launch::catalog::Record(receipt);
    if (recorded) return;
    // Only a cache: a listing finds the receipt without it.
    base::Diagnostics notes = recorded.errors();
    for (base::Diagnostic& note : notes) note.severity = base::Severity::kWarning;
    Warn(notes, terminal);
  };
  launch::WithSeams(options, runner);
}

}  // namespace nam56r::cli
