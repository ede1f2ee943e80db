#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "src/base/files.h"
#include "src/base/render.h"
#include "src/base/utf8.h"
#include "src/cli/commands.h"
#include "src/script/raise.h"
#include "src/script/shell_syntax.h"
#include "src/script/text.h"

namespace nam56r::cli {
namespace {

using nlohmann::json;
using script::Import;

base::Diagnostic Usage(std::string message, std::string fix) {
  base::Diagnostic error;
  error.code = "SCRIPT0008";
  error.surface = base::Surface::kPolicy;
  error.message = std::move(message);
  error.fix = std::move(fix);
  return error;
}

base::Expected<std::map<std::string, std::string>> Outside(
    const std::vector<std::string>& assignments) {
  std::map<std::string, std::string> outside;
  for (const std::string& assignment : assignments) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Usage(fmt::format("--env takes NAME=VALUE, not '{}'", assignment), "write NAME=VALUE");
    }
    outside[assignment.substr(0, equals)] = assignment.substr(equals + 1);
  }
  return outside;
}

// All three or none: a file that is there stays, unless it may be replaced.
base::Status Write(const Import& import, const ImportArguments& arguments) {
  const std::filesystem::path folder(arguments.output);
  if (auto made = base::MakePrivateDirectories(folder, base::Surface::kHost); !made) return made;
  const std::vector<std::pair<std::string, const std::string*>> files = {
      {"recipe.toml", &import.recipe_toml},
      {"policy.toml", &import.policy_toml},
      {"host.toml", &import.host_toml}};
  for (const auto& [name, text] : files) {
    std::error_code ignored;
    if (!arguments.force && std::filesystem::exists(folder / name, ignored)) {
      return Usage(fmt::format("{} is there already", (folder / name).string()),
                   "choose another folder with -o, or replace it with --force");
    }
  }
  for (const auto& [name, text] : files) {
    // The host's facts are private; recipe and policy hold nothing of the machine.
    const unsigned mode = name == "host.toml" ? 0600 : 0644;
    auto written = base::WriteFileAtomically(folder / name, *text, base::Surface::kHost, mode);
    if (!written) return written;
  }
  return base::Ok{};
}

json ToJson(const Import& import) {
  json fields = json::object();
  for (const auto& [field, found] : import.fields) {
    fields[field] = {{"value", base::ToJson(found.value)},
                     {"source", found.source},
                     {"line", found.line},
                     {"given", found.from != script::Found::From::kSilence}};
  }
  json unplaced = json::array();
  for (const script::Unplaced& one : import.unplaced) {
    unplaced.push_back(
        {{"line", one.line}, {"what", one.what}, {"why", one.why}, {"nearest", one.nearest}});
  }
  json host = json::array();
  for (const script::HostFact& fact : import.host) {
    host.push_back({{"key", fact.key},
                    {"value", script::RedactedValue(fact.key, fact.value)},
                    {"known", fact.known},
                    {"line", fact.line},
                    {"source", fact.source}});
  }
  json findings = json::array();
  for (const base::Diagnostic& finding : import.findings) findings.push_back(base::ToJson(finding));
  return {{"file", import.file},
          {"dialect", import.dialect},
          {"flags", {{"given", import.flags}, {"placed", import.flags_placed}}},
          {"variables", {{"given", import.variables}, {"placed", import.variables_placed}}},
          {"fields", fields},
          {"host", host},
          {"unplaced", unplaced},
          {"notes", import.notes},
          {"findings", findings},
          {"complete", import.recipe.has_value() && import.policy.has_value()},
          {"recipe", import.recipe_toml},
          {"policy", import.policy_toml},
          {"host_file", script::Redacted(import.host_toml)}};
}

void Print(const Import& import, const Terminal& terminal) {
  const auto shown = [](const std::string& text) { return base::EscapeControls(text); };
  std::ostream& out = terminal.out;
  out << fmt::format("{} for {}\n", shown(import.file), import.dialect);
  std::size_t recipe = 0;
  std::size_t policy = 0;
  std::size_t silent = 0;
  for (const auto& [field, found] : import.fields) {
    if (found.from == script::Found::From::kSilence) {
      ++silent;
    } else {
      ++(field.starts_with("recipe.") ? recipe : policy);
    }
  }
  out << fmt::format("  flags       placed {} of {}\n", import.flags_placed, import.flags);
  out << fmt::format("  variables   placed {} of {}\n", import.variables_placed, import.variables);
  out << fmt::format(
      "  fields      {} of the recipe, {} of the policy; {} more by the release's own values\n",
      recipe, policy, silent);
  out << fmt::format("  host        {} values\n", import.host.size());
  if (!import.unplaced.empty()) {
    out << fmt::format("\ncould not place {}:\n", import.unplaced.size());
    for (const script::Unplaced& one : import.unplaced) {
      out << fmt::format("  {:>5}  {}\n         {}",
                         one.line > 0 ? fmt::format("{}", one.line) : "", shown(one.what),
                         shown(one.why));
      if (!one.nearest.empty()) out << fmt::format("; nearest: {}", one.nearest);
      out << '\n';
    }
  }
  if (!import.notes.empty()) {
    out << "\ntaken for granted:\n";
    for (const std::string& note : import.notes) out << "  " << shown(note) << '\n';
  }
}

}  // namespace

int RunImport(const ImportArguments& arguments, const Terminal& terminal) {
  auto outside = Outside(arguments.environment);
  if (!outside) return Refuse(outside.errors(), terminal);
  if (arguments.line < 0 || arguments.here_document < 0) {
    return Refuse({Usage("--line and --here-document take the number of a line, from 1",
                         "give the number that an editor shows")},
                  terminal);
  }
  auto text = base::ReadFile(arguments.script, base::Surface::kPolicy, script::kMaxScriptBytes);
  if (!text) return Refuse(text.errors(), terminal);
  auto source = script::ReadSource(
      *text, arguments.script,
      {.outside = *outside, .line = arguments.line, .here_document = arguments.here_document});
  if (!source) return Refuse(source.errors(), terminal);
  const bool of_shell =
      arguments.line > 0 || arguments.here_document > 0 || !arguments.environment.empty();
  if (source->kind != script::Source::Kind::kShell && of_shell) {
    return Refuse({Usage("--line, --here-document and --env are for launch scripts; " +
                             arguments.script + " is none",
                         "leave them out")},
                  terminal);
  }
  auto import =
      script::Raise(*source, {.dialect = arguments.dialect, .world_size = arguments.world});
  if (!import) return Refuse(import.errors(), terminal);

  if (!arguments.output.empty()) {
    if (auto written = Write(*import, arguments); !written) {
      return Refuse(written.errors(), terminal);
    }
  }
  if (terminal.format == Format::kJson) {
    terminal.out << ToJson(*import).dump(2, ' ', false, json::error_handler_t::replace) << '\n';
  } else {
    Warn(import->findings, terminal);
    Print(*import, terminal);
    if (!arguments.output.empty()) {
      terminal.out << fmt::format("\nwrote {0}/recipe.toml, {0}/policy.toml, {0}/host.toml\n",
                                  base::EscapeControls(arguments.output));
    }
  }
  const bool complete = import->recipe && import->policy;
  return complete && import->unplaced.empty() && import->findings.empty() ? kDone : kFindings;
}

}  // namespace nam56r::cli
