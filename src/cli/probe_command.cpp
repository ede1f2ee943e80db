#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "src/base/files.h"
#include "src/base/render.h"
#include "src/cli/commands.h"
#include "src/cli/targets.h"
#include "src/launch/bind.h"
#include "src/launch/probe/compare.h"
#include "src/launch/probe/drift.h"
#include "src/launch/probe/probe.h"
#include "src/launch/probe/write_host.h"
#include "src/launch/receipt.h"
#include "src/report/probe_text.h"

namespace nam56r::cli {
namespace {

namespace fs = std::filesystem;
namespace probe = launch::probe;

base::Diagnostic Misuse(std::string message, std::string fix) {
  base::Diagnostic error;
  error.code = "PROBE0100";
  error.surface = base::Surface::kHost;
  error.message = std::move(message);
  error.fix = std::move(fix);
  return error;
}

fs::path RunsDirectory(const ProbeArguments& arguments, const base::Loaded<host::Host>* host) {
  if (!arguments.runs.empty()) return arguments.runs;
  if (host != nullptr && !host->value.paths.runs.empty()) return host->value.paths.runs;
  return "runs";
}

base::Expected<probe::DriftReport> DriftOf(const ProbeArguments& arguments, const fs::path& runs,
                                           const contract::ReadContract* contract,
                                           const probe::ProbeReport& report) {
  probe::DriftReport none;
  if (!arguments.against.empty()) {
    fs::path directory = arguments.against;
    if (!fs::exists(directory)) directory = runs / arguments.against;
    const auto receipt = launch::ReadReceipt(directory);
    if (!receipt) return receipt.errors();
    probe::DriftReport drift =
        probe::Drift(probe::ProbeOfReceipt(directory), report, arguments.accept_drift, receipt->id);
    if (!drift.compared) {
      return Misuse(receipt->id + " keeps no probe to compare with",
                    "name a run that was launched with its proofs");
    }
    return drift;
  }
  if (contract == nullptr) {
    none.why = "neither a contract nor a run was given";
  } else if (const auto good =
                 probe::FindLastGood(runs, contract->digest, contract->policy.run.name)) {
    return probe::Drift(good->probe, report, arguments.accept_drift, good->id);
  } else {
    none.why = "no good run of this contract with a probe in " + runs.string();
  }
  if (!arguments.accept_drift.empty()) {
    return Misuse("--accept-drift was given, and nothing is compared: " + none.why,
                  "leave it out, or name the run with --against");
  }
  return none;
}

base::Expected<bool> WriteHost(const ProbeArguments& arguments, const probe::ProbeReport& report) {
  if (!arguments.force && fs::exists(arguments.write_host)) {
    return Misuse(arguments.write_host + " is there already", "name another file, or add --force");
  }
  const auto written = base::WriteFileAtomically(
      arguments.write_host,
      probe::HostToml(report, {.name = {}, .paths = arguments.with_paths}),
      base::Surface::kHost);
  if (!written) return written.errors();
  return true;
}

}  // namespace

int RunProbe(const ProbeArguments& arguments, const Terminal& terminal) {
  if (arguments.write_host.empty() && (arguments.with_paths || arguments.force)) {
    return Refuse({Misuse("--with-paths and --force belong to --write-host",
                          "add --write-host FILE, or leave them out")},
                  terminal);
  }
  std::optional<base::Loaded<host::Host>> host;
  if (!arguments.host.empty()) {
    auto loaded = host::Load(arguments.host);
    if (!loaded) return Refuse(loaded.errors(), terminal);
    host = std::move(*loaded);
  }
  std::optional<contract::ReadContract> contract;
  if (!arguments.contract.empty()) {
    auto read = ReadTarget({arguments.contract, arguments.policy, ""}, "PROBE0100",
                           base::Surface::kHost, terminal);
    if (!read) return Refuse(read.errors(), terminal);
    contract = std::move(*read);
  } else if (!arguments.policy.empty()) {
    return Refuse({Misuse("--policy was given without a recipe", "add --contract RECIPE")},
                  terminal);
  }

  const base::Loaded<host::Host>* bound = host ? &*host : nullptr;
  const contract::ReadContract* launched = contract ? &*contract : nullptr;
  probe::ProbeRequest request;
  request.host = bound;
  request.contract = launched;
  request.launcher_environment = launch::ProcessEnvironment();
  request.runs = RunsDirectory(arguments, bound);
  request.programs = !arguments.local;
  request.network = !arguments.local;
  const probe::ProbeReport report = probe::Probe(request);

  if (!arguments.write_host.empty()) {
    const auto written = WriteHost(arguments, report);
    if (!written) return Refuse(written.errors(), terminal);
  }
  auto drift = DriftOf(arguments, request.runs, launched, report);
  if (!drift) return Refuse(drift.errors(), terminal);

  base::Diagnostics findings = probe::Compare(report, bound, launched);
  findings.insert(findings.end(), drift->errors.begin(), drift->errors.end());
  bool refused = false;
  for (const base::Diagnostic& finding : findings) {
    refused = refused || finding.severity == base::Severity::kError;
  }
  if (terminal.format == Format::kJson) {
    nlohmann::json list = nlohmann::json::array();
    for (const base::Diagnostic& finding : findings) list.push_back(base::ToJson(finding));
    terminal.out << nlohmann::json{{"verdict", refused ? "refused" : "ok"},
                                   {"findings", list},
                                   {"probe", probe::ToJson(report)},
                                   {"drift", probe::ToJson(*drift)}}
                        .dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
                 << '\n';
    return refused ? kFindings : kDone;
  }
  const report::ProbeTextOptions look{.colour = terminal.out_colour, .all = arguments.all};
  terminal.out << report::ProbeText(report, look) << report::DriftText(*drift, look);
  for (const base::Diagnostic& finding : findings) {
    terminal.out << '\n' << base::Render(finding, {.colour = terminal.out_colour});
  }
  if (!arguments.write_host.empty()) terminal.out << "\nwrote " << arguments.write_host << '\n';
  return refused ? kFindings : kDone;
}

}  // namespace nam56r::cli
