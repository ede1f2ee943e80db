#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "src/base/files.h"
#include "src/base/render.h"
#include "src/cli/commands.h"
#include "src/cli/targets.h"
#include "src/launch/bind.h"
#include "src/launch/probe/prove.h"
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

// The receipt that --against names; empty: none was named.
base::Expected<fs::path> Against(const ProbeArguments& arguments, const fs::path& runs) {
  if (arguments.against.empty()) return fs::path();
  fs::path directory = arguments.against;
  if (!fs::exists(directory)) directory = runs / arguments.against;
  const auto receipt = launch::ReadReceipt(directory);
  if (!receipt) return receipt.errors();
  if (probe::ProbeOfReceipt(directory).is_null()) {
    return Misuse(receipt->id + " keeps no probe to compare with",
                  "name a run that was launched with its proofs");
  }
  return receipt->directory;
}

base::Expected<bool> WriteHost(const ProbeArguments& arguments, const probe::ProbeReport& report) {
  if (!arguments.force && fs::exists(arguments.write_host)) {
    return Misuse(arguments.write_host + " is there already", "name another file, or add --force");
  }
  const auto written = base::WriteFileAtomically(
      arguments.write_host, probe::HostToml(report, {.name = {}, .paths = arguments.with_paths}),
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
  const auto against = Against(arguments, request.runs);
  if (!against) return Refuse(against.errors(), terminal);
  const probe::HostProof proof = probe::ProveHost(request, arguments.accept_drift, *against);

  if (!arguments.write_host.empty()) {
    const auto written = WriteHost(arguments, proof.report);
    if (!written) return Refuse(written.errors(), terminal);
  }
  if (terminal.format == Format::kJson) {
    nlohmann::json answer = probe::ToJson(proof);
    answer["verdict"] = proof.refused() ? "refused" : "ok";
    // Names of files and devices need not be UTF-8.
    terminal.out << answer.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    return proof.refused() ? kFindings : kDone;
  }
  const report::ProbeTextOptions look{.colour = terminal.out_colour, .all = arguments.all};
  terminal.out << report::ProbeText(proof.report, look) << report::DriftText(proof.drift, look);
  for (const base::Diagnostic& finding : proof.findings) {
    terminal.out << '\n' << base::Render(finding, {.colour = terminal.out_colour});
  }
  if (!arguments.write_host.empty()) terminal.out << "\nwrote " << arguments.write_host << '\n';
  return proof.refused() ? kFindings : kDone;
}

}  // namespace nam56r::cli
