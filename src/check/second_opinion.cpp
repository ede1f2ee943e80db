#include "src/check/second_opinion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "src/base/files.h"
#include "src/base/held_signals.h"
#include "src/base/program.h"
#include "src/base/utf8.h"
#include "src/check/second_opinion_program.h"
#include "src/dialect/release.h"

extern char** environ;  // NOLINT: POSIX has it so

namespace nam56r::check {
namespace {

using nlohmann::json;

constexpr std::size_t kMostAnswer = 4 << 20;  // bytes
constexpr std::size_t kMostComplaint = 64 << 10;
constexpr std::size_t kMostError = 500;  // of it that is shown
constexpr std::size_t kMostNames = 256;  // of each list in it
constexpr std::size_t kMostDepth = 16;
constexpr std::uint64_t kMostMemory = std::uint64_t{16} << 30;

/// A folder of our own that goes with its contents.
class PrivateFolder {
 public:
  PrivateFolder() {
    std::error_code failed;
    const auto root = std::filesystem::temp_directory_path(failed);
    if (failed) return;
    std::string name = (root / "nam56r-ask-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  ~PrivateFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// What Python needs of ours to find its packages; nothing that it could leak.
std::map<std::string, std::string> CleanEnvironment(const std::string& folder) {
  std::map<std::string, std::string> kept = {{"TMPDIR", folder},
                                             {"NO_VCS_VERSION", "1"},
                                             {"PYTHONDONTWRITEBYTECODE", "1"},
                                             {"CUDA_VISIBLE_DEVICES", ""}};
  constexpr std::string_view kKept[] = {"PATH",        "HOME",       "LANG",           "LC_ALL",
                                        "VIRTUAL_ENV", "PYTHONPATH", "LD_LIBRARY_PATH"};
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    if (equals != std::string_view::npos &&
        std::find(std::begin(kKept), std::end(kKept), name) != std::end(kKept)) {
      kept.emplace(name, text.substr(equals + 1));
    }
  }
  return kept;
}

std::string Short(std::string_view text) {
  std::string valid = base::WithValidUtf8(text.substr(0, kMostError));
  std::replace(valid.begin(), valid.end(), '\n', ' ');
  while (!valid.empty() && valid.back() == ' ') valid.pop_back();
  return text.size() > kMostError ? valid + "..." : valid;
}

// The last thing that it complained of.
std::string LastLine(std::string_view text) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  const std::size_t line = text.rfind('\n');
  return Short(line == std::string_view::npos ? text : text.substr(line + 1));
}

Opinion NotAsked(std::string why) {
  Opinion opinion;
  opinion.why_not = std::move(why);
  return opinion;
}

std::optional<std::string> TextOf(const json& answer, const char* name) {
  const auto it = answer.find(name);
  if (it == answer.end() || !it->is_string()) return std::nullopt;
  return it->get<std::string>();
}

std::vector<std::string> TextsOf(const json& answer, const char* name) {
  std::vector<std::string> texts;
  const auto it = answer.find(name);
  if (it == answer.end() || !it->is_array()) return texts;
  for (const json& text : *it) {
    if (texts.size() == kMostNames) {
      texts.emplace_back("...");
      break;
    }
    if (text.is_string()) texts.push_back(Short(text.get<std::string>()));
  }
  return texts;
}

// An answer is flat; a value as deep as it is long would cost a parser much.
bool IsDeep(std::string_view text) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '[' || c == '{')) {
      if (++depth > kMostDepth) return true;
    } else if (!quoted && (c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

Opinion ReadAnswer(const base::ProgramEnd& ended) {
  if (IsDeep(ended.out)) return NotAsked("it ended without an answer: what it says is nested");
  const json answer = json::parse(ended.out, nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object()) {
    std::string why = "it ended without an answer";
    if (ended.signal != 0) {
      why = fmt::format("it was ended by signal {}", ended.signal);
    } else if (ended.exit_code != 0) {
      why = fmt::format("it ended with {}", ended.exit_code);
    }
    const std::string last = LastLine(ended.err);
    return NotAsked(last.empty() ? why : why + ": " + last);
  }
  if (auto why = TextOf(answer, "not_asked")) return NotAsked(Short(*why));
  const auto verdict = TextOf(answer, "verdict");
  if (verdict != "ok" && verdict != "refused") return NotAsked("its answer has no verdict");
  Opinion opinion;
  opinion.asked = true;
  opinion.refused = verdict == "refused";
  opinion.stage = Short(TextOf(answer, "stage").value_or(""));
  opinion.error = Short(TextOf(answer, "error").value_or(""));
  opinion.version = Short(TextOf(answer, "version").value_or("the checkout"));
  opinion.overridden = TextsOf(answer, "overridden");
  opinion.stubbed = TextsOf(answer, "stubbed");
  return opinion;
}

base::Diagnostic Disagreement(std::string message, std::string ours, std::string theirs) {
  base::Diagnostic warning;
  warning.code = "POLICY0955";
  warning.severity = base::Severity::kWarning;
  warning.surface = base::Surface::kPolicy;
  warning.message = std::move(message);
  warning.where = {{{}, "this check: " + std::move(ours)},
                   {{}, "the checkout: " + std::move(theirs)}};
  warning.fix = "believe the checkout if it is what trains, and report the difference";
  return warning;
}

// Whether the release's own parser or validation refuses it, as we see it.
const Finding* RefusedByRelease(const Result& result) {
  for (const Finding& finding : result.findings) {
    const bool error = finding.diagnostic.severity == base::Severity::kError;
    if (error && (finding.stage == Stage::kParse || finding.stage == Stage::kValidate)) {
      return &finding;
    }
  }
  return nullptr;
}

// As it is written on a line, if |release| has it.
std::string NameOf(const std::string& dest, const dialect::Release* release) {
  const dialect::Argument* argument = release == nullptr ? nullptr : release->FindDest(dest);
  return argument == nullptr || argument->flags.empty() ? dest
                                                        : std::string(argument->flags.front());
}

base::Diagnostics Differences(const Opinion& opinion, const Result& result,
                              const dialect::Release* release) {
  base::Diagnostics found;
  if (!opinion.asked) return found;
  const Finding* ours = RefusedByRelease(result);
  const std::string theirs =
      opinion.refused ? fmt::format("refused ({}): {}", opinion.stage, opinion.error) : "accepted";
  // What fails at build or run here gets past its parser and its validation.
  if (opinion.refused && ours == nullptr && (!result.refused() || opinion.stage != "build")) {
    found.push_back(Disagreement(result.refused() ? "the checkout refuses it before this check does"
                                                  : "the checkout refuses what this check accepts",
                                 result.refused() ? "refused at a later stage" : "accepted",
                                 theirs));
  } else if (!opinion.refused && ours != nullptr) {
    found.push_back(Disagreement("the checkout accepts what this check says it refuses",
                                 fmt::format("{} ({}): {}", ours->diagnostic.code,
                                             StageName(ours->stage), ours->diagnostic.message),
                                 theirs));
  }
  if (opinion.refused || ours != nullptr) return found;  // values were not compared to the end
  std::set<std::string> expected;
  for (const dialect::Rewrite& rewrite : result.rewrites) {
    if (rewrite.given) expected.insert(rewrite.dest);
  }
  const std::set<std::string> seen(opinion.overridden.begin(), opinion.overridden.end());
  std::vector<std::string> only_ours;
  std::vector<std::string> only_theirs;
  std::set_difference(expected.begin(), expected.end(), seen.begin(), seen.end(),
                      std::back_inserter(only_ours));
  std::set_difference(seen.begin(), seen.end(), expected.begin(), expected.end(),
                      std::back_inserter(only_theirs));
  if (!only_ours.empty() || !only_theirs.empty()) {
    for (std::vector<std::string>* dests : {&only_ours, &only_theirs}) {
      for (std::string& dest : *dests) dest = NameOf(dest, release);
    }
    const auto list = [](const std::vector<std::string>& flags) {
      return flags.empty() ? std::string("nothing more")
                           : fmt::format("changes {}", fmt::join(flags, ", "));
    };
    base::Diagnostic warning =
        Disagreement("the checkout changes other values that were given than this check says",
                     list(only_ours), list(only_theirs));
    warning.fields = only_ours;
    warning.fields.insert(warning.fields.end(), only_theirs.begin(), only_theirs.end());
    found.push_back(std::move(warning));
  }
  return found;
}

}  // namespace

Opinion Ask(const AskOptions& options, std::span<const std::string> argv,
            const dialect::Surroundings& surroundings) {
  namespace fs = std::filesystem;
  std::error_code failed;
  const fs::path checkout = fs::absolute(options.directory, failed);
  const fs::path arguments = checkout / "megatron" / "training" / "arguments.py";
  if (failed || !fs::is_regular_file(arguments, failed)) {
    return NotAsked(fmt::format("{} holds no megatron/training/arguments.py", options.directory));
  }
  const base::HeldSignals signals;  // goes after the folder
  const PrivateFolder folder;
  if (folder.path().empty()) return NotAsked("no temporary directory could be made");
  json request = {{"directory", checkout.string()},
                  {"argv", argv},
                  {"world", surroundings.world_size},
                  {"environment", surroundings.environment},
                  {"architecture", surroundings.architecture},
                  {"seconds", options.timeout.count()},
                  {"bytes", kMostMemory}};
  const std::string program = folder.path() + "/ask.py";
  const std::string question = folder.path() + "/request.json";
  const std::string text =
      request.dump(-1, ' ', /*ensure_ascii=*/true, json::error_handler_t::replace);
  if (!base::WriteFileAtomically(program, kSecondOpinionProgram, base::Surface::kHost) ||
      !base::WriteFileAtomically(question, text, base::Surface::kHost)) {
    return NotAsked("the temporary directory cannot be written to");
  }
  std::string python = options.python;
  // What is named by a path is found from here, not from its new directory.
  if (python.find('/') != std::string::npos) python = fs::absolute(python, failed).string();
  base::Program run;
  run.argv = {python, "-B", program, question};
  run.environment = CleanEnvironment(folder.path());
  run.directory = folder.path();
  run.limit = options.timeout;
  run.max_out = kMostAnswer;
  run.max_err = kMostComplaint;
  const base::ProgramEnd ended = base::RunProgram(run);
  if (ended.timed_out) return NotAsked(ended.why_not + " (--ask-timeout)");
  if (!ended.why_not.empty()) return NotAsked(ended.why_not);
  return ReadAnswer(ended);
}

base::Diagnostics Disagreements(const Opinion& opinion, const Result& result,
                                std::string_view dialect) {
  base::Diagnostics found = Differences(opinion, result, dialect::FindRelease(dialect));
  constexpr std::string_view kMegatron = "megatron@";
  if (!dialect.starts_with(kMegatron)) return found;
  const std::string_view release = dialect.substr(kMegatron.size());
  if (opinion.version.find(fmt::format(" {}.", release)) == std::string::npos) {
    for (base::Diagnostic& warning : found) {
      warning.notes.push_back(
          fmt::format("{} was checked, and the checkout is {}", dialect, opinion.version));
      warning.fix = "ask a checkout of the release that was checked";
    }
  }
  return found;
}

}  // namespace nam56r::check
