#include "src/launch/why/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "src/base/files.h"
#include "src/contract/reader.h"

namespace nam56r::launch::why {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostLogs = 20000;
constexpr int kMostDepth = 6;

base::Diagnostic Refusal(std::string code, std::string message, const fs::path& path,
                         std::string fix) {
  return {.code = std::move(code),
          .surface = base::Surface::kHost,
          .message = std::move(message),
          .where = {{{.file = path.string()}, ""}},
          .fields = {},
          .valid = {},
          .fix = std::move(fix)};
}

// "rank-3.log.2" is older than "rank-3.log.1", and that than "rank-3.log".
int Rotation(const fs::path& file) {
  const std::string extension = file.extension().string();
  int number = 0;
  if (extension.size() < 2) return 0;
  const char* end = extension.data() + extension.size();
  const auto read = std::from_chars(extension.data() + 1, end, number);
  return read.ec == std::errc() && read.ptr == end ? number : 0;
}

bool LooksLikeLog(const fs::path& file) {
  static constexpr std::array<std::string_view, 7> kEndings = {".log", ".out", ".err",   ".txt",
                                                               ".o",   ".e",   ".stderr"};
  const fs::path name = Rotation(file) > 0 ? file.stem() : file.filename();
  const std::string ending = name.extension().string();
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end() ||
         name == "stdout" || name == "stderr";
}

// The files of |directory| that |take| takes, sorted.
std::vector<fs::path> FilesBelow(const fs::path& directory, bool (*take)(const fs::path&)) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (fs::recursive_directory_iterator
           it(directory, fs::directory_options::skip_permission_denied, failed),
       end;
       !failed && it != end && files.size() < kMostLogs; it.increment(failed)) {
    if (it.depth() >= kMostDepth) it.disable_recursion_pending();
    std::error_code ignored;
    if (it->is_regular_file(ignored) && take(it->path())) files.push_back(it->path());
  }
  std::sort(files.begin(), files.end(), [](const fs::path& a, const fs::path& b) {
    const auto key = [](const fs::path& file) {
      const int rotation = Rotation(file);
      return std::pair(rotation > 0 ? (file.parent_path() / file.stem()).string() : file.string(),
                       -rotation);
    };
    return key(a) < key(b);
  });
  return files;
}

std::optional<nlohmann::json> ReadJson(const fs::path& file) {
  const auto text = base::ReadFile(file, base::Surface::kHost);
  if (!text) return std::nullopt;
  auto json = nlohmann::json::parse(*text, nullptr, false);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

// Where the last attempt's logs are: logs, or logs/attempt-N.
fs::path LastLogs(const fs::path& directory) {
  constexpr std::string_view kAttempt = "attempt-";
  fs::path last = directory / "logs";
  int most = 0;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(directory / "logs", failed)) {
    const std::string name = entry.path().filename().string();
    int number = 0;
    if (!name.starts_with(kAttempt)) continue;
    std::from_chars(name.data() + kAttempt.size(), name.data() + name.size(), number);
    if (number > most) {
      most = number;
      last = entry.path();
    }
  }
  return last;
}

// What the launcher saw is a line among those of the ranks, after them.
void AddEnding(std::string_view ending, const std::string& reason, Inputs& inputs) {
  if (ending.empty()) return;
  inputs.logs.push_back(
      {.name = "outcome.json", .text = fmt::format("run ended: {}: {}\n", ending, reason)});
}

void AddReceipt(const fs::path& directory, Inputs& inputs) {
  for (const fs::path& file :
       FilesBelow(LastLogs(directory), [](const fs::path&) { return true; })) {
    inputs.logs.push_back({.name = file.lexically_relative(directory).string(), .file = file});
  }
  // What ranks reported, seams among it.
  if (fs::exists(directory / "events.jsonl")) {
    inputs.logs.push_back({.name = "events.jsonl", .file = directory / "events.jsonl"});
  }
  if (!inputs.contract) inputs.contract = ReadJson(directory / "contract.json");
  if (!inputs.host) inputs.host = ReadJson(directory / "host.json");
  if (!inputs.outcome) inputs.outcome = ReadJson(directory / "outcome.json");
  if (!inputs.outcome || !inputs.outcome->is_object()) return;
  const auto text = [&](const char* key) {
    const auto at = inputs.outcome->find(key);
    return at != inputs.outcome->end() && at->is_string() ? at->get<std::string>() : std::string();
  };
  AddEnding(text("ending"), text("reason"), inputs);
}

}  // namespace

Context Inputs::context() const {
  return {.contract = contract ? &*contract : nullptr,
          .host = host ? &*host : nullptr,
          .outcome = outcome ? &*outcome : nullptr};
}

base::Expected<Inputs> CollectInputs(const std::vector<std::string>& paths,
                                     const std::string& contract) {
  Inputs inputs;
  if (!contract.empty()) {
    auto read = contract::Read(contract);
    if (!read) return read.errors();
    inputs.contract = std::move(read->document);
  }
  for (const std::string& path : paths) {
    std::error_code failed;
    if (path == kStandardInput) {
      inputs.logs.push_back({.name = std::string(kStandardInput), .file = "/dev/stdin"});
    } else if (!fs::exists(path, failed)) {
      return Refusal("WHY0001", "there is no such receipt or log", path,
                     "name a receipt's directory, as `nam56r runs list` shows it, or log files");
    } else if (!fs::is_directory(path, failed)) {
      inputs.logs.push_back({.name = path, .file = path});
    } else if (fs::exists(fs::path(path) / "receipt.json", failed)) {
      AddReceipt(path, inputs);
    } else {
      for (const fs::path& file : FilesBelow(path, LooksLikeLog)) {
        inputs.logs.push_back({.name = file.string(), .file = file});
      }
    }
  }
  if (inputs.logs.empty()) {
    return Refusal("WHY0002", "there is no log in it", paths.empty() ? "" : paths.front(),
                   "name the files themselves, or a directory with *.log, *.out or *.err below it");
  }
  return inputs;
}

base::Expected<Answer> ExplainReceipt(const fs::path& directory) {
  auto inputs = CollectInputs({directory.string()});
  if (!inputs) return inputs.errors();
  return Explain(inputs->logs, inputs->context());
}

Cause CauseOf(const fs::path& receipt, const EngineResult& result) {
  auto inputs = CollectInputs({receipt.string()});
  Cause cause;
  if (!inputs) {
    cause.cause = inputs.errors()[0].message;
    return cause;
  }
  for (const RankOutcome& rank : result.ranks) {
    if (rank.first_failure) inputs->outcome = {{"first_failure", rank.rank}};
  }
  AddEnding(EndingName(result.ending), result.reason, *inputs);
  const auto answer = Explain(inputs->logs, inputs->context());
  if (!answer) {
    cause.cause = answer.errors()[0].message;
    return cause;
  }
  cause.surface_class = ClassName(answer->cls);
  cause.code = answer->code;
  cause.cause = answer->cause;
  cause.confidence = answer->code.empty() ? 0 : answer->confidence;
  cause.answer = ToJson(*answer);
  return cause;
}

}  // namespace nam56r::launch::why
