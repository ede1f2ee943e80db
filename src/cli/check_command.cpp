#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "src/base/files.h"
#include "src/check/batch.h"
#include "src/check/command_line.h"
#include "src/check/contract_check.h"
#include "src/check/json.h"
#include "src/check/positions.h"
#include "src/check/sarif.h"
#include "src/check/second_opinion.h"
#include "src/cli/commands.h"
#include "src/cli/inputs.h"
#include "src/dialect/release.h"
#include "src/host/host.h"
#include "src/report/check_text.h"

namespace nam56r::cli {
namespace {

using base::Diagnostic;
using base::Expected;

Diagnostic Usage(std::string message, std::string fix) {
  Diagnostic error;
  error.code = "CHECK0003";
  error.surface = base::Surface::kPolicy;
  error.message = std::move(message);
  error.fix = std::move(fix);
  return error;
}

/// What was checked, and what came of it.
struct Checked {
  check::Result result;
  std::string dialect;
  std::optional<check::LaunchLine> line;  ///< what a checkout can be asked about
  int architecture = dialect::Surroundings{}.architecture;
};

// What is asked for, of the three ways to ask; nothing: a contract or a recipe.
base::Status CheckUsage(const CheckArguments& arguments, Format format) {
  const bool words = !arguments.argv.empty();
  const bool batch = !arguments.batch.empty();
  const int ways = static_cast<int>(!arguments.target.empty()) + words + batch;
  if (ways != 1) {
    return Usage(ways == 0 ? "nothing to check was named"
                           : "a contract, --argv and --batch are three things to check",
                 "name one: a contract, a recipe with --policy, --argv FILE, or --batch FILE");
  }
  const bool recipe = arguments.target.ends_with(".toml");
  const bool line = words || batch;
  if (recipe && arguments.policy.empty()) {
    return Usage(arguments.target + " is a recipe: what runs also depends on a policy",
                 "add --policy FILE, for example --policy policies/h200x8-bf16.toml");
  }
  if (!recipe && !arguments.policy.empty()) {
    return Usage(line ? "a command line has no policy"
                      : arguments.target + " is a contract, and --policy was given as well",
                 line ? "leave --policy out" : "leave --policy out, or check the recipe");
  }
  if (!recipe && !line && !arguments.dialect.empty()) {
    return Usage(arguments.target + " is a contract, whose dialect is settled",
                 "leave --dialect out, or check the recipe");
  }
  if (line && arguments.dialect.empty()) {
    return Usage("a command line means another thing to each release",
                 "add --dialect, for example --dialect megatron@0.19");
  }
  if (words && arguments.world == 0) {
    return Usage("how many ranks start the command line was not said", "add --world N");
  }
  if (!words && (arguments.world != 0 || !arguments.environment.empty())) {
    return Usage(batch ? "each line of a batch has its own \"world\" and \"env\""
                       : "a contract has its world size and its environment",
                 "leave --world and --env out");
  }
  if (!words && !arguments.emptied.empty()) {
    return Usage("--emptied goes with --argv", "leave --emptied out");
  }
  if (!words && !arguments.host.empty()) {
    return Usage("--host goes with --argv", "leave --host out");
  }
  if (batch && !arguments.ask.empty()) {
    return Usage("--ask goes with one launch, not with a batch", "ask about one line of it");
  }
  if (batch && format == Format::kSarif) {
    return Usage("a batch is answered in JSON, a line each", "leave --format out");
  }
  return base::Ok{};
}

Expected<const dialect::Release*> ReleaseOf(const std::string& dialect) {
  if (auto known = dialect::CheckName(dialect); !known) {
    Diagnostic unknown = known.errors().front();
    unknown.code = "CHECK0003";
    return unknown;
  }
  if (const dialect::Release* release = dialect::FindRelease(dialect)) return release;
  Diagnostic error = Usage("the native runtime has no command line: it reads contracts",
                           "check the contract, or name a release of Megatron");
  for (std::string& name : dialect::DialectNames()) {
    if (name != dialect) error.valid.push_back(std::move(name));
  }
  return error;
}

/// A list of versions is a whole one: what it does not name is not there. Of a host without any,
/// nothing is known.
void TakeVersions(const std::map<std::string, std::string>& versions,
                  dialect::Surroundings& surroundings) {
  // Those that Python imports by another name.
  static const std::map<std::string, std::string> kImported = {
      {"deepep", "deep_ep"},
      {"fast_hadamard", "fast_hadamard_transform"},
      {"flash_linear_attention", "fla"}};
  if (versions.empty()) return;
  surroundings.packages.emplace();
  for (const auto& [name, version] : versions) {
    const auto imported = kImported.find(name);
    surroundings.packages->insert(imported == kImported.end() ? name : imported->second);
  }
  const auto engine = versions.find("transformer_engine");
  if (engine == versions.end()) return;
  const std::string& text = engine->second;
  const char* end = text.data() + text.size();
  int major = 0;
  int minor = 0;
  const auto [dot, error] = std::from_chars(text.data(), end, major);
  if (error != std::errc() || dot == end || *dot != '.') return;
  if (std::from_chars(dot + 1, end, minor).ec == std::errc()) {
    surroundings.transformer_engine = {major, minor};
  }
}

Expected<dialect::Surroundings> SurroundingsOf(const CheckArguments& arguments) {
  dialect::Surroundings surroundings;
  surroundings.world_size = arguments.world;
  surroundings.emptied.insert(arguments.emptied.begin(), arguments.emptied.end());
  for (const std::string& assignment : arguments.environment) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Usage(fmt::format("--env takes NAME=VALUE, not '{}'", assignment), "write NAME=VALUE");
    }
    surroundings.environment[assignment.substr(0, equals)] = assignment.substr(equals + 1);
  }
  if (arguments.host.empty()) return surroundings;
  auto host = host::Load(arguments.host);
  if (!host) return host.errors();
  // "sm_90" is compute capability 9.0, "sm_120" 12.0.
  std::string_view architecture = host->value.machine.gpu_architecture;
  constexpr std::string_view kPrefix = "sm_";
  if (architecture.starts_with(kPrefix)) {
    architecture.remove_prefix(kPrefix.size());
    int number = 0;
    std::from_chars(architecture.data(), architecture.data() + architecture.size(), number);
    if (number >= 10) {
      surroundings.architecture = number / 10;
      surroundings.knows_architecture = true;
    }
  }
  const std::int64_t gpus = host->value.machine.gpus_per_node;
  if (gpus > 0) surroundings.gpus = host->value.machine.nodes * gpus;
  TakeVersions(host->value.versions, surroundings);
  return surroundings;
}

Expected<Checked> CheckWords(const CheckArguments& arguments) {
  auto release = ReleaseOf(arguments.dialect);
  if (!release) return release.errors();
  auto surroundings = SurroundingsOf(arguments);
  if (!surroundings) return surroundings.errors();
  auto text = base::ReadFile(arguments.argv, base::Surface::kPolicy, check::kMostArgvBytes);
  if (!text) return text.errors();
  auto words = check::ParseArgv(*text, arguments.argv);
  if (!words) return words.errors();
  Checked checked;
  checked.dialect = arguments.dialect;
  checked.result = check::CheckCommandLine(**release, words->argv, *surroundings);
  check::Locate(*words, checked.result);
  checked.architecture = surroundings->architecture;
  checked.line = check::LaunchLine{std::move(words->argv), std::move(surroundings->environment),
                                   surroundings->world_size};
  return checked;
}

Checked Of(check::CheckedLaunch launch) {
  return {std::move(launch.result), std::move(launch.dialect), std::move(launch.line)};
}

Expected<Checked> CheckTarget(const CheckArguments& arguments) {
  if (!arguments.target.ends_with(".toml")) {
    auto contract = contract::Read(arguments.target);
    if (!contract) return contract.errors();
    return Of(check::CheckContract(*contract, Today()));
  }
  auto recipe = recipe::Load(arguments.target);
  auto policy = policy::Load(arguments.policy);
  base::Diagnostics errors;
  if (!recipe) errors = recipe.errors();
  if (!policy) errors.insert(errors.end(), policy.errors().begin(), policy.errors().end());
  if (!errors.empty()) return errors;
  return Of(check::CheckLaunch(*recipe, *policy, arguments.dialect, Today()));
}

bool HasCode(const base::Diagnostics& errors, std::string_view code) {
  return std::any_of(errors.begin(), errors.end(),
                     [&](const Diagnostic& error) { return error.code.starts_with(code); });
}

// An input that is not what it should be, as against one that says something wrong.
int CodeOf(const base::Diagnostics& errors) {
  if (HasCode(errors, "CHECK0003")) return kUsage;
  for (const char* code : {"BASE", "SCHEMA", "CONTRACT0001", "CHECK"}) {
    if (HasCode(errors, code)) return kUnreadable;
  }
  return kFindings;
}

nlohmann::json OpinionJson(const check::Opinion& opinion) {
  if (!opinion.asked) return {{"asked", false}, {"why", opinion.why_not}};
  return {{"asked", true},
          {"verdict", opinion.refused ? "refused" : "ok"},
          {"stage", opinion.stage},
          {"error", opinion.error},
          {"version", opinion.version},
          {"overridden", opinion.overridden},
          {"stood_in", opinion.stubbed}};
}

void Print(const Checked& checked, const check::Opinion* opinion, const CheckArguments& arguments,
           const Terminal& terminal) {
  using nlohmann::json;
  if (terminal.format == Format::kText) {
    report::CheckTextOptions options;
    options.subject = arguments.argv.empty() ? arguments.target : arguments.argv;
    options.dialect = checked.dialect;
    options.colour = terminal.out_colour;
    options.all = arguments.all;
    terminal.out << report::CheckText(checked.result, opinion, options);
    return;
  }
  json document;
  if (terminal.format == Format::kSarif) {
    document = check::ToSarif(checked.result, {kVersion, checked.dialect});
    if (opinion != nullptr) {
      document["runs"][0]["properties"]["second_opinion"] = OpinionJson(*opinion);
    }
  } else {
    document = check::ToJson(checked.result);
    if (!checked.dialect.empty()) document["dialect"] = checked.dialect;
    if (opinion != nullptr) document["second_opinion"] = OpinionJson(*opinion);
  }
  terminal.out << document.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
}

int Fail(const base::Diagnostics& errors, const CheckArguments& arguments,
         const Terminal& terminal) {
  const int code = CodeOf(errors);
  if (code == kUsage) {
    Refuse(errors, terminal);
    return kUsage;
  }
  Checked checked;
  checked.result = check::Unreadable(errors);
  Print(checked, nullptr, arguments, terminal);
  return code;
}

int CheckLines(const CheckArguments& arguments, const Terminal& terminal) {
  auto release = ReleaseOf(arguments.dialect);
  if (!release) return Fail(release.errors(), arguments, terminal);
  Expected<check::BatchCounts> counts = check::BatchCounts{};
  if (arguments.batch == "-") {
    counts = check::CheckBatch(**release, std::cin, terminal.out);
  } else {
    std::error_code failed;
    std::ifstream in(arguments.batch, std::ios::binary);
    if (!in || std::filesystem::is_directory(arguments.batch, failed)) {
      Diagnostic error;
      error.code = "BASE0001";
      error.surface = base::Surface::kPolicy;
      error.message = arguments.batch + " cannot be read";
      error.fix = "name a file of one {\"id\",\"argv\",\"world\",\"env\"} a line";
      Refuse({error}, terminal);
      return kUnreadable;
    }
    counts = check::CheckBatch(**release, in, terminal.out);
  }
  terminal.out << std::flush;
  if (!counts) return Refuse(counts.errors(), terminal);
  if (terminal.format == Format::kText && terminal.err_is_terminal) {
    terminal.err << fmt::format("{} lines: {} refused, {} of them malformed\n", counts->lines,
                                counts->refused, counts->malformed);
  }
  return counts->refused > 0 ? kFindings : kDone;
}

}  // namespace

int RunCheck(const CheckArguments& arguments, const Terminal& terminal) {
  if (auto usage = CheckUsage(arguments, terminal.format); !usage) {
    return Fail(usage.errors(), arguments, terminal);
  }
  if (!arguments.batch.empty()) return CheckLines(arguments, terminal);
  auto checked = arguments.argv.empty() ? CheckTarget(arguments) : CheckWords(arguments);
  if (!checked) return Fail(checked.errors(), arguments, terminal);

  // The verdict is this check's own, whatever a checkout has to say.
  const int code = checked->result.refused() ? kFindings : kDone;
  std::optional<check::Opinion> opinion;
  if (!arguments.ask.empty()) {
    if (checked->line) {
      dialect::Surroundings surroundings;
      surroundings.world_size = checked->line->world_size;
      surroundings.environment = checked->line->environment;
      surroundings.architecture = checked->architecture;
      opinion =
          check::Ask({arguments.ask, arguments.python, std::chrono::seconds(arguments.ask_timeout)},
                     checked->line->argv, surroundings);
      for (Diagnostic& warning :
           check::Disagreements(*opinion, checked->result, checked->dialect)) {
        checked->result.findings.push_back({std::move(warning), check::Stage::kRun, std::nullopt});
      }
      check::Order(checked->result);
    } else {
      opinion.emplace().why_not = "there is no command line to ask about";
    }
  }
  Print(*checked, opinion ? &*opinion : nullptr, arguments, terminal);
  return code;
}

}  // namespace nam56r::cli
