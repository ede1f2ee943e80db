#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "src/base/files.h"
#include "src/base/nearest_name.h"
#include "src/cli/commands.h"
#include "src/cli/sides.h"
#include "src/contract/diff.h"
#include "src/launch/catalog/catalog.h"
#include "src/launch/catalog/comparable.h"
#include "src/launch/receipt.h"
#include "src/report/diff_text.h"
#include "src/report/runs_text.h"

namespace nam56r::cli {
namespace {

namespace fs = std::filesystem;
using launch::catalog::Entry;
using launch::catalog::Obstacle;
using nlohmann::json;

constexpr std::uintmax_t kMaxBytes = 64u << 20;
constexpr std::size_t kMostCandidates = 20;

std::string Dump(const json& value) {
  return value.dump(2, ' ', false, json::error_handler_t::replace);
}

json ReceiptJson(const launch::Receipt& receipt) {
  return {{"run", receipt.id},
          {"directory", receipt.directory.string()},
          {"name", receipt.name},
          {"digest", receipt.digest},
          {"dialect", receipt.dialect},
          {"backend", receipt.backend},
          {"engine", receipt.engine},
          {"engine_ids", receipt.engine_ids},
          {"world_size", receipt.world_size},
          {"state", launch::ReceiptStateName(receipt.state)},
          {"started", receipt.started},
          {"attempts", receipt.attempts},
          {"newer", receipt.newer},
          {"outcome", receipt.outcome}};
}

base::Diagnostic RunError(const char* code, std::string message, std::string fix,
                          std::vector<std::string> valid) {
  base::Diagnostic error;
  error.code = code;
  error.surface = base::Surface::kHost;
  error.message = std::move(message);
  error.fix = std::move(fix);
  error.valid = std::move(valid);
  return error;
}

// A directory, a run below |runs|, or the beginning of the name of just one of them.
base::Expected<fs::path> FindRun(const std::string& runs, const std::string& run) {
  std::error_code ignored;
  for (const fs::path& path : {fs::path(run), fs::path(runs) / run}) {
    if (!run.empty() && fs::exists(path / "receipt.json", ignored)) return path;
  }
  std::vector<std::string> names;
  std::vector<std::string> matching;
  std::error_code error;
  for (fs::directory_iterator it(runs, error), end; !error && it != end; it.increment(error)) {
    if (!fs::exists(it->path() / "receipt.json", ignored)) continue;
    names.push_back(it->path().filename().string());
    if (names.back().starts_with(run)) matching.push_back(names.back());
  }
  std::sort(matching.begin(), matching.end());
  if (matching.size() == 1 && !run.empty()) return fs::path(runs) / matching.front();
  if (matching.empty() || run.empty()) {
    const auto nearest = base::NearestName(run, names);
    std::vector<std::string> valid;
    if (nearest) valid.push_back(*nearest);
    return RunError("RUNS0001",
                    fmt::format("there is no run '{}' in {}{}", run, runs,
                                nearest ? fmt::format("; did you mean '{}'?", *nearest) : ""),
                    "nam56r runs list shows what there is", valid);
  }
  const std::size_t all = matching.size();
  matching.resize(std::min(all, kMostCandidates));
  return RunError("RUNS0002", fmt::format("{} runs in {} begin with '{}'", all, runs, run),
                  "write more of the name", matching);
}

int List(const RunsArguments& arguments, const Terminal& terminal) {
  auto catalog = launch::catalog::Catalog::Open(arguments.runs);
  if (!catalog) return Refuse(catalog.errors(), terminal);
  Warn(catalog->notes(), terminal);
  auto refreshed = catalog->Refresh();
  if (!refreshed) return Refuse(refreshed.errors(), terminal);
  Warn(refreshed->unreadable, terminal);
  auto entries = catalog->Find(arguments.query);
  if (!entries) return Refuse(entries.errors(), terminal);
  if (terminal.format != Format::kJson) {
    terminal.out << report::RunsText(*entries);
    return kDone;
  }
  const auto loss = report::ComparableGroups(*entries, "loss_key");
  const auto speed = report::ComparableGroups(*entries, "speed_key");
  json runs = json::array();
  for (std::size_t i = 0; i < entries->size(); ++i) {
    Entry entry = (*entries)[i];
    entry.erase("fingerprint");
    entry["newer"] = entry["newer"] == 1;
    entry["world_size"] = entry["world"];
    entry["directory"] = (fs::path(arguments.runs) / entry["run"].get<std::string>()).string();
    entry["comparable"] = {{"loss", loss[i] == "-" ? json() : json(loss[i])},
                           {"speed", speed[i] == "-" ? json() : json(speed[i])}};
    runs.push_back(std::move(entry));
  }
  terminal.out << Dump(runs) << '\n';
  return kDone;
}

int Show(const RunsArguments& arguments, const Terminal& terminal) {
  auto directory = FindRun(arguments.runs, arguments.run);
  if (!directory) return Refuse(directory.errors(), terminal);
  auto receipt = launch::ReadReceipt(*directory);
  if (!receipt) return Refuse(receipt.errors(), terminal);
  if (terminal.format == Format::kJson) {
    terminal.out << Dump(ReceiptJson(*receipt)) << '\n';
  } else {
    terminal.out << report::RunText(*receipt);
  }
  return kDone;
}

json ReadJson(const fs::path& path) {
  auto text = base::ReadFile(path, base::Surface::kHost, kMaxBytes);
  return text ? json::parse(*text, nullptr, /*allow_exceptions=*/false) : json();
}

// What the host put into the first rank's environment, less what is another one in every run.
json HostEnvironment(const fs::path& directory) {
  const std::string here = fs::absolute(directory).lexically_normal().string();
  json environment = json::object();
  const json ranks = ReadJson(directory / "ranks.json");
  if (!ranks.is_object() || !ranks.contains("ranks") || ranks["ranks"].empty()) return environment;
  for (const json& variable : ranks["ranks"][0].value("environment", json::array())) {
    const std::string name = variable.value("name", "");
    std::string value = variable.value("value", "");
    if (variable.value("owner", "") != "host" || name == "MASTER_PORT") continue;
    for (std::size_t at = value.find(here); at != std::string::npos; at = value.find(here)) {
      value.replace(at, here.size(), "(the receipt)");
    }
    environment[name] = value;
  }
  return environment;
}

/// One run of a comparison.
struct Run {
  Side side;
  Entry entry;
  launch::catalog::Comparables comparables;
};

base::Expected<Run> ReadRun(const RunsArguments& arguments, const std::string& name,
                            const Terminal& terminal) {
  auto directory = FindRun(arguments.runs, name);
  if (!directory) return directory.errors();
  auto receipt = launch::ReadReceipt(*directory);
  if (!receipt) return receipt.errors();
  auto side = ReadSide(*directory);
  if (!side) return side.errors();
  if (terminal.format == Format::kText && receipt->newer) {
    terminal.err << receipt->id << " was written by a later version: what is understood of it is "
                 << "compared\n";
  }
  Run run{*std::move(side), launch::catalog::EntryOf(*receipt), {}};
  run.comparables = launch::catalog::ComparablesOf(run.side.contract, *run.side.host);
  // Another one in every run.
  const auto bound = run.side.host->find("bound");
  if (bound != run.side.host->end() && bound->is_object()) bound->erase("master_port");
  (*run.side.host)["environment"] = HostEnvironment(*directory);
  const json proof = ReadJson(*directory / "proof.json");
  if (proof.is_object() && proof.contains("probe")) (*run.side.host)["probe"] = proof["probe"];
  return run;
}

json ObstaclesJson(const std::vector<Obstacle>& obstacles) {
  json list = json::array();
  for (const Obstacle& obstacle : obstacles) {
    list.push_back(
        {{"field", obstacle.field}, {"a", obstacle.a}, {"b", obstacle.b}, {"why", obstacle.why}});
  }
  return {{"comparable", obstacles.empty()}, {"obstacles", std::move(list)}};
}

int Compare(const RunsArguments& arguments, const Terminal& terminal) {
  auto a = ReadRun(arguments, arguments.run, terminal);
  auto b = ReadRun(arguments, arguments.other, terminal);
  base::Diagnostics errors;
  if (!a) errors = a.errors();
  if (!b) errors.insert(errors.end(), b.errors().begin(), b.errors().end());
  if (!errors.empty()) return Refuse(errors, terminal);

  const contract::Diff diff =
      contract::Compare({&a->side.contract, a->side.host}, {&b->side.contract, b->side.host});
  const auto head = [](const Run& run) {
    return report::DiffHead{run.entry["run"], run.side.contract.digest, run.side.contract.dialect};
  };
  const auto in_loss = launch::catalog::Obstacles(a->comparables.loss, b->comparables.loss);
  const auto in_speed = launch::catalog::Obstacles(a->comparables.speed, b->comparables.speed);
  if (terminal.format == Format::kJson) {
    nlohmann::json answer = contract::ToJson(diff);
    answer["a"] = HeadJson(head(*a));
    answer["b"] = HeadJson(head(*b));
    answer["outcomes"] = {{"a", a->entry}, {"b", b->entry}};
    for (const char* side : {"a", "b"}) answer["outcomes"][side].erase("fingerprint");
    answer["comparable"] = {{"loss", ObstaclesJson(in_loss)}, {"speed", ObstaclesJson(in_speed)}};
    terminal.out << Dump(answer) << '\n';
  } else {
    terminal.out << report::DiffText(diff, head(*a), head(*b), terminal.out_colour) << '\n'
                 << report::OutcomesText(a->entry, b->entry, in_loss, in_speed);
  }
  return diff.same() ? kDone : kDifferent;
}

}  // namespace

int RunRuns(const RunsArguments& arguments, const Terminal& terminal) {
  switch (arguments.action) {
    case RunsArguments::Action::kList:
      return List(arguments, terminal);
    case RunsArguments::Action::kShow:
      return Show(arguments, terminal);
    case RunsArguments::Action::kDiff:
      return Compare(arguments, terminal);
  }
  return kUsage;
}

}  // namespace nam56r::cli
