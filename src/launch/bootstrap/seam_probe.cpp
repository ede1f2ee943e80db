#include "src/launch/bootstrap/seam_probe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "src/base/files.h"
#include "src/base/secrets.h"
#include "src/base/utf8.h"
#include "src/launch/bootstrap_files.h"
#include "src/launch/event_line.h"
#include "src/launch/host_error.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;

constexpr std::string_view kProviders = "nam56r_seams";

class PrivateFolder {
 public:
  PrivateFolder() {
    std::error_code error;
    std::string name = (std::filesystem::temp_directory_path(error) / "nam56r-XXXXXX").string();
    if (!error && ::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  ~PrivateFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// An event is what the interpreter says: any part of it may be of another type.
std::string Text(const json& object, const char* key) {
  const auto at = object.is_object() ? object.find(key) : object.end();
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

bool Flag(const json& object, const char* key) {
  const auto at = object.is_object() ? object.find(key) : object.end();
  return at != object.end() && at->is_boolean() && at->get<bool>();
}

std::vector<std::string> Texts(const json& object, const char* key) {
  std::vector<std::string> texts;
  const auto at = object.is_object() ? object.find(key) : object.end();
  if (at == object.end() || !at->is_array()) return texts;
  for (const json& item : *at) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

std::vector<std::string> LastLines(std::string_view text, std::size_t count) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (!line.empty()) lines.push_back(base::WithoutSecrets(base::WithValidUtf8(line)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<long>(count));
  return lines;
}

/// Reads the events of one probe in their order.
class Reading {
 public:
  Reading(const SeamProbeRequest& request, json settings)
      : request_(request), settings_(std::move(settings)) {}

  SeamProbeReport Read(const base::ProgramEnd& end) {
    if (!end.started) {
      Find("LAUNCH0403", base::Surface::kHost,
           fmt::format("{} cannot be started: {}", request_.python, end.why_not),
           "set paths.python in the host file");
      return Finish(end);
    }
    std::string_view out = end.out;
    while (!out.empty()) {
      const std::size_t newline = out.find('\n');
      if (const auto event = ParseEventLine(out.substr(0, newline))) Event(*event);
      out.remove_prefix(newline == std::string_view::npos ? out.size() : newline + 1);
    }
    Missing();
    if (!complete_) Incomplete(end);
    return Finish(end);
  }

 private:
  base::Diagnostic& Find(std::string code, base::Surface surface, std::string message,
                         std::string fix, std::vector<std::string> fields = {}) {
    base::Diagnostic finding = HostError(std::move(code), std::move(message), std::move(fix));
    finding.surface = surface;
    finding.fields = std::move(fields);
    report_.findings.push_back(std::move(finding));
    return report_.findings.back();
  }
  base::Diagnostic& Seam(std::string code, std::string message, std::string fix,
                         std::vector<std::string> fields = {}) {
    return Find(std::move(code), base::Surface::kSeam, std::move(message), std::move(fix),
                std::move(fields));
  }

  /// The seams that |module| is tested for.
  std::vector<std::string> SeamsOf(const std::string& module) const {
    std::vector<std::string> ids;
    for (const json& seam : settings_.at("seams")) {
      for (const json& check : seam.at("checks")) {
        if (Text(check, "module") != module) continue;
        ids.push_back(Text(seam, "id"));
        break;
      }
    }
    return ids;
  }

  void Event(const json& event) {
    const std::string kind = Text(event, "event");
    if (kind == "probe") Start(event);
    if (kind == "probe_package") Package(event);
    if (kind == "probe_release") Release(event);
    if (kind == "probe_import") Import(event);
    if (kind == "probe_check") Check(event);
    if (kind == "probe_end") complete_ = true;
    if (kind == "bootstrap_failed") {
      Find("LAUNCH0403", base::Surface::kHost, "the probe failed: " + Text(event, "why"),
           "see what it says");
      complete_ = true;
    }
  }

  void Start(const json& event) {
    started_ = true;
    document_["python"] = {{"version", Text(event, "python")},
                           {"executable", Text(event, "executable")}};
    if (const auto all = event.find("environment"); all != event.end() && all->is_array()) {
      for (const json& variable : *all) {
        const std::string name = Text(variable, "name");
        const bool set =
            variable.is_object() && variable.contains("found") && variable["found"].is_string();
        Seam("SEAM0106",
             fmt::format("{} is {} when Python starts; the contract says {}", name,
                         set ? "'" + Text(variable, "found") + "'" : "not set",
                         "'" + Text(variable, "wanted") + "'"),
             fmt::format("find what changes {}: a wrapper in place of paths.python, or a file that "
                         "Python executes when it starts",
                         name),
             {"environment." + name});
      }
    }
    const std::vector<std::string> early = Texts(event, "early");
    if (!early.empty()) {
      const auto& later = settings_.at("bootstrap_environment");
      auto& finding =
          Seam("SEAM0106",
               fmt::format("Python imports {} before the first line of a program",
                           fmt::join(early, ", ")),
               later.empty() ? "let nothing import it at Python's start"
                             : "move the variables of [bootstrap_environment] to [environment], or "
                               "let nothing import it at Python's start",
               {"bootstrap_environment"});
      for (const std::string& file : Texts(event, "startup_files")) finding.notes.push_back(file);
      if (later.empty()) finding.severity = base::Severity::kWarning;
    }
    if (!Flag(event, "entry")) {
      Find("LAUNCH0403", base::Surface::kHost, fmt::format("there is no file {}", request_.entry),
           "set paths.megatron in the host file to a checkout of the contract's release",
           {"paths.megatron"});
    }
  }

  void Package(const json& event) {
    const std::string name = Text(event, "name");
    const std::vector<std::string> files = Texts(event, "files");
    document_["packages"].push_back(
        {{"name", name},
         {"version", Text(event, "version")},
         {"file", files.empty() ? json() : json(files[0])},
         {"others", files.empty() ? std::vector<std::string>{}
                                  : std::vector<std::string>(files.begin() + 1, files.end())}});
    const bool megatron = name.starts_with("megatron.");
    if (files.empty()) {
      if (megatron) {
        Seam("SEAM0101", fmt::format("{} is nowhere on the path of {}", name, request_.python),
             "set paths.megatron in the host file to a checkout of the contract's release",
             {"paths.megatron"});
      }
      return;
    }
    const bool elsewhere = megatron && !Flag(event, "beside_entry");
    if (files.size() == 1 && !elsewhere) return;
    auto& finding = Seam(
        "SEAM0103",
        elsewhere ? fmt::format("{} would come from {}, not from beside {}", name, files[0],
                                request_.entry)
                  : fmt::format("{} is there more than once: {} wins over {}", name, files[0],
                                fmt::join(files.begin() + 1, files.end(), ", ")),
        elsewhere ? fmt::format("take the folder of {} off PYTHONPATH, or uninstall it", files[0])
                  : "leave one of them on the path",
        {elsewhere ? "paths.megatron" : name});
    for (const std::string& file : files) finding.where.push_back({{file, 0, 0}, name});
    if (!elsewhere) finding.severity = base::Severity::kWarning;
  }

  void Release(const json& event) {
    const std::string found = Text(event, "found");
    const std::string wanted = settings_.at("release").get<std::string>();
    document_["release"] = {{"wanted", wanted}, {"found", found}};
    if ((found + ".").starts_with(wanted + ".")) return;
    auto& finding =
        Seam("SEAM0107",
             fmt::format("the contract is for Megatron-Core {}; {} is {}", wanted,
                         Text(event, "file"), found.empty() ? "of no release" : found),
             fmt::format("check out core_v{}.*, or compile the contract for that release", wanted),
             {"run.backend", "paths.megatron"});
    finding.where = {{{Text(event, "file"), 0, 0}, found}};
  }

  void Import(const json& event) {
    const std::string module = Text(event, "module");
    if (Text(event, "state") == "begins") {
      importing_ = module;
      return;
    }
    importing_.clear();
    tested_.insert(module);
    const json problem = event.value("problem", json());
    json seconds = event.value("seconds", json());
    document_["imports"].push_back({{"module", module},
                                    {"file", Text(event, "file")},
                                    {"version", Text(event, "version")},
                                    {"seconds", seconds.is_number() ? seconds : json()},
                                    {"problem", problem}});
    if (Text(problem, "kind") == "missing") {
      const std::string wanted = Text(problem, "module");
      missing_[wanted.starts_with(kProviders) ? std::string(kProviders) : wanted].push_back(module);
    } else if (Text(problem, "kind") == "raised") {
      Seam("SEAM0104",
           fmt::format("importing {} raises {}", module,
                       base::WithoutSecrets(Text(problem, "error"))),
           fmt::format("make `{} -c 'import {}'` work with the environment of a rank",
                       request_.python, module),
           SeamsOf(module));
    }
  }

  void Check(const json& event) {
    const bool there = Flag(event, "ok");
    const std::string module = Text(event, "module");
    const std::string attribute = Text(event, "attribute");
    document_["checks"].push_back({{"seam", Text(event, "seam")},
                                   {"module", module},
                                   {"attribute", attribute},
                                   {"passed", there}});
    if (there) return;
    const bool provider = module.starts_with(kProviders);
    Seam("SEAM0102", fmt::format("{} has no {}", module, attribute),
         provider ? "give the provider a function apply(context), as docs/seams.md says"
                  : "set paths.megatron, or the package's version, to what the contract is for",
         {Text(event, "seam")});
  }

  // One finding for a module that is not there, whoever wants it.
  void Missing() {
    for (const auto& [module, wanting] : missing_) {
      std::vector<std::string> ids;
      for (const std::string& by : wanting) {
        for (std::string& id : SeamsOf(by)) {
          if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
        }
      }
      const bool provider = module == kProviders;
      auto& finding = Seam(
          "SEAM0101",
          provider ? fmt::format("{} seam{} no provider: {} finds no {}", ids.size(),
                                 ids.size() == 1 ? " has" : "s have", request_.python,
                                 fmt::join(wanting, ", "))
                   : fmt::format("{} is not there; {} import{} it", module,
                                 fmt::join(wanting, ", "), wanting.size() == 1 ? "s" : ""),
          provider
              ? "put a folder that holds nam56r_seams, with a module for each of them that has "
                "apply(context), on PYTHONPATH (docs/seams.md)"
              : fmt::format("install {} for {}", module.substr(0, module.find('.')),
                            request_.python),
          ids);
      if (!provider) continue;
      for (const std::string& by : wanting) {
        finding.notes.push_back(fmt::format("{}: {}", fmt::join(SeamsOf(by), ", "), by));
      }
    }
  }

  void Incomplete(const base::ProgramEnd& end) {
    const std::vector<std::string> said = LastLines(end.err, 12);
    if (importing_.empty()) {
      auto& finding =
          Find("LAUNCH0403", base::Surface::kHost,
               fmt::format("{} gave no full answer: {}", request_.python,
                           !end.why_not.empty() ? end.why_not
                                                : fmt::format("it exited with {}", end.exit_code)),
               started_ ? "see what it says" : "set paths.python to Python 3.9 or later");
      finding.notes = said;
      return;
    }
    const std::string fix =
        fmt::format("make `{} -c 'import {}'` work with the environment of a rank", request_.python,
                    importing_);
    std::string how;
    if (end.timed_out) {
      how = fmt::format("did not end within {} s", request_.limit.count());
    } else if (end.signal != 0) {
      how = fmt::format("killed Python with signal {} ({})", end.signal, ::strsignal(end.signal));
    } else {
      how =
          fmt::format("ended Python{}", end.exit_code >= 0 ? fmt::format(" with {}", end.exit_code)
                                                           : ": " + end.why_not);
    }
    auto& finding = Seam(end.timed_out ? "SEAM0105" : "SEAM0104",
                         fmt::format("importing {} {}", importing_, how), fix, SeamsOf(importing_));
    finding.notes = said;
  }

  SeamProbeReport Finish(const base::ProgramEnd& end) {
    document_["format"] = "nam56r.seam-probe/1";
    document_["complete"] = complete_;
    json not_tested = json::array();
    std::set<std::string> told;
    for (const json& seam : settings_.at("seams")) {
      for (const json& check : seam.at("checks")) {
        const std::string module = Text(check, "module");
        if (!tested_.contains(module) && told.insert(module).second) not_tested.push_back(module);
      }
    }
    document_["not_tested"] = std::move(not_tested);
    document_["stderr"] = LastLines(end.err, 40);
    report_.document = std::move(document_);
    return std::move(report_);
  }

  const SeamProbeRequest& request_;
  json settings_;
  SeamProbeReport report_;
  json document_ = {{"python", nullptr},
                    {"packages", json::array()},
                    {"release", nullptr},
                    {"imports", json::array()},
                    {"checks", json::array()}};
  std::map<std::string, std::vector<std::string>> missing_;  // by what is not there: who wants it
  std::set<std::string> tested_;
  std::string importing_;
  bool started_ = false;
  bool complete_ = false;
};

const BoundFile* FileNamed(const std::vector<BoundFile>& files, std::string_view name) {
  for (const BoundFile& file : files) {
    if (file.name == name) return &file;
  }
  return nullptr;
}

SeamProbeReport NotAsked(std::string why, std::string fix) {
  SeamProbeReport report;
  report.findings = {HostError("LAUNCH0403", std::move(why), std::move(fix))};
  report.document = {{"format", "nam56r.seam-probe/1"}, {"complete", false}};
  return report;
}

}  // namespace

bool SeamProbeReport::Passed() const {
  return std::none_of(findings.begin(), findings.end(), [](const base::Diagnostic& finding) {
    return finding.severity == base::Severity::kError;
  });
}

base::Expected<SeamProbeRequest> SeamProbeOf(const BoundRun& run) {
  SeamProbeRequest request;
  request.files = run.files;
  if (!run.ranks.empty()) {
    const std::vector<Token>& argv = run.ranks[0].argv;
    const auto settings = std::find_if(argv.begin(), argv.end(), [](const Token& token) {
      return std::filesystem::path(token.text).filename() == kBootstrapSettingsFile;
    });
    if (settings != argv.end() && settings + 1 != argv.end() &&
        FileNamed(run.files, kBootstrapSettingsFile) != nullptr) {
      request.python = argv[0].text;
      request.entry = settings[1].text;
      request.environment = ToCommand(run.ranks[0]).environment;
      return request;
    }
  }
  return HostError("LAUNCH0403", "the run has no bootstrap whose seams could be probed",
                   "bind it again with this version of nam56r");
}

SeamProbeReport ProbeSeams(const SeamProbeRequest& request, base::ProgramRunner& runner) {
  const BoundFile* settings = FileNamed(request.files, kBootstrapSettingsFile);
  json parsed = settings == nullptr ? json() : json::parse(settings->bytes, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("seams")) {
    return NotAsked("there is no bootstrap to probe with", "bind the run again");
  }
  const PrivateFolder folder;
  const std::string no_folder = "set TMPDIR to a folder with room that this user may write";
  if (folder.path().empty()) return NotAsked("no temporary folder can be made", no_folder);
  for (const BoundFile& file : request.files) {
    if (auto written =
            base::WriteFileAtomically(folder.path() / file.name, file.bytes, base::Surface::kHost);
        !written) {
      return NotAsked(written.errors()[0].message, no_folder);
    }
  }
  base::Program program;
  program.argv = {request.python, (folder.path() / kBootstrapProgramFile).string(),
                  "--probe",      (folder.path() / kBootstrapSettingsFile).string(),
                  request.entry,  std::to_string(request.limit.count())};
  program.environment = request.environment;
  program.limit = request.limit;
  return Reading(request, std::move(parsed)).Read(runner.Run(program));
}

}  // namespace nam56r::launch
