#include <fmt/format.h>

#include <algorithm>

#include "src/script/command_line.h"
#include "src/script/shell_syntax.h"
#include "src/script/text.h"

namespace nam56r::script {
namespace {

base::Diagnostic Error(std::string code, const std::string& file, int line, std::string message,
                       std::string label, std::string fix) {
  base::Diagnostic error;
  error.code = std::move(code);
  error.surface = base::Surface::kPolicy;
  error.message = std::move(message);
  error.where = {{{file, line, 0}, std::move(label)}};
  error.fix = std::move(fix);
  return error;
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// Whether any line begins with |key|, and nothing of a script comes before it.
bool HasYamlKey(std::string_view text, std::string_view key) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (text.substr(at, end - at).starts_with(key)) return true;
    at = end + 1;
  }
  return false;
}

Source::Kind KindOf(std::string_view text, const std::string& file) {
  const bool yaml = file.ends_with(".yaml") || file.ends_with(".yml");
  if (yaml || HasYamlKey(text, "MODEL_ARGS:")) return Source::Kind::kTestYaml;
  if (Trimmed(text).starts_with("--")) return Source::Kind::kArgv;
  return Source::Kind::kShell;
}

/// Training has arguments of its own; a preflight like `python -m package.check` has none.
bool LooksLikeTraining(const CommandLine& line) {
  const std::size_t slash = line.program.text.find_last_of('/');
  const std::string name = line.program.text.substr(slash + 1);
  const auto flags =
      std::count_if(line.arguments.begin(), line.arguments.end(),
                    [](const ReadWord& word) { return word.text.starts_with("--"); });
  const bool undecided = std::any_of(line.arguments.begin(), line.arguments.end(),
                                     [](const ReadWord& word) { return !word.known; });
  return name.starts_with("pretrain") || flags >= 3 || (flags >= 1 && undecided);
}

// A script that holds recipe and policy themselves, as those for the native backend do.
bool CarriesFiles(const Source& source) {
  const auto holds = [&](std::string_view name) {
    return std::any_of(
        source.here_documents.begin(), source.here_documents.end(),
        [&](const HereDocument& here) { return here.command.find(name) != std::string::npos; });
  };
  return holds("recipe.toml") && holds("policy.toml");
}

base::Expected<Source> ReadShellSource(std::string_view text, const std::string& file,
                                       const SourceOptions& options, int first_line) {
  ReadScript script = ReadShell(text, options.outside, first_line);
  Source source;
  source.file = file;
  source.comments = internal::FieldComments(text);
  for (FieldComment& comment : source.comments) comment.line += first_line - 1;
  source.not_read = std::move(script.not_read);
  source.assumptions = std::move(script.assumptions);
  source.here_documents = std::move(script.here_documents);
  std::vector<std::pair<CommandLine, std::size_t>> found;
  for (std::size_t i = 0; i < script.commands.size(); ++i) {
    auto line = ParseLaunch(script.commands[i]);
    if (line && LooksLikeTraining(*line)) found.emplace_back(std::move(*line), i + 1);
  }
  if (found.empty() && CarriesFiles(source)) return source;
  if (found.empty()) {
    base::Diagnostic error =
        Error("SCRIPT0001", file, 0, "nothing in this script starts a training run",
              "read to the end, without torchrun, python or srun and a program with arguments",
              "give the script that does, or a file with its arguments");
    // Why it may not have been seen.
    constexpr std::size_t kMost = 4;
    for (std::size_t i = 0; i < std::min(kMost, source.not_read.size()); ++i) {
      const NotRead& one = source.not_read[i];
      error.where.push_back({{file, one.line, 0}, Redacted(one.why)});
    }
    for (std::size_t i = 0; i < std::min(kMost, source.assumptions.size()); ++i) {
      const Assumption& one = source.assumptions[i];
      error.where.push_back(
          {{file, one.line, 0}, fmt::format("{} is taken to be unset outside", one.name)});
    }
    for (const HereDocument& here : source.here_documents) {
      if (here.text.find(".py") == std::string::npos) continue;
      if (here.text.find("torch.distributed.run") == std::string::npos &&
          here.text.find("torchrun") == std::string::npos) {
        continue;
      }
      error.where.push_back({{file, here.line, 0}, "a here-document that may hold such a script"});
      error.fix = fmt::format("read that one: --here-document {}", here.line);
    }
    return error;
  }
  std::size_t taken = 0;
  if (options.line > 0) {
    const auto it = std::find_if(found.begin(), found.end(),
                                 [&](const auto& one) { return one.first.line == options.line; });
    if (it == found.end()) {
      base::Diagnostic error =
          Error("SCRIPT0003", file, options.line, "no training command begins in this line", "",
                "give the line of one of them");
      for (const auto& [line, index] : found) error.valid.push_back(std::to_string(line.line));
      return error;
    }
    taken = static_cast<std::size_t>(it - found.begin());
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i != taken) source.other_commands.push_back(found[i].first.line);
  }
  for (const LateExport& late : script.late_exports) {
    if (late.after >= found[taken].second) source.late_exports.push_back(late);
  }
  source.command = std::move(found[taken].first);
  return source;
}

}  // namespace

namespace internal {

std::vector<FieldComment> FieldComments(std::string_view text) {
  std::vector<FieldComment> comments;
  int line = 0;
  for (std::size_t at = 0; at < text.size();) {
    ++line;
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view rest = Trimmed(text.substr(at, end - at));
    at = end + 1;
    constexpr std::string_view kMark = "# nam56r ";
    if (!rest.starts_with(kMark)) continue;
    rest.remove_prefix(kMark.size());
    const std::size_t colon = rest.find(": ");
    const std::size_t equals = rest.find(" = ");
    if (colon == std::string_view::npos || equals == std::string_view::npos || equals < colon) {
      continue;
    }
    const std::string_view surface = rest.substr(0, colon);
    if (surface != "recipe" && surface != "policy") continue;
    const std::string_view key = Trimmed(rest.substr(colon + 2, equals - colon - 2));
    comments.push_back(
        {fmt::format("{}.{}", surface, key), std::string(Trimmed(rest.substr(equals + 3))), line});
  }
  return comments;
}

base::Expected<Source> ReadArgv(std::string_view text, const std::string& file) {
  // The words of a shell without its commands: blanks and line ends separate, quotes join.
  Source source;
  source.kind = Source::Kind::kArgv;
  source.file = file;
  int line = 1;
  ReadWord word;
  bool started = false;
  char quote = '\0';
  const auto finish = [&] {
    if (started) source.command.arguments.push_back(word);
    word = {};
    started = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!started) word.line = line;
    if (c == '\n') ++line;
    if (quote != '\0') {
      if (c == quote) {
        quote = '\0';
      } else {
        word.text.push_back(c);
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      started = true;
    } else if (c == '\\' && i + 1 < text.size() && text[i + 1] == '\n') {
      ++i;
      ++line;
      finish();
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      finish();
    } else {
      word.text.push_back(c);
      started = true;
    }
  }
  if (quote != '\0') {
    return Error("SCRIPT0002", file, word.line, "a quote is not closed", "it begins here",
                 "close it");
  }
  finish();
  source.command.line = 1;
  return source;
}

}  // namespace internal

base::Expected<Source> ReadSource(std::string_view text, const std::string& file,
                                  const SourceOptions& options) {
  if (text.size() > kMaxScriptBytes) {
    return Error("BASE0001", file, 0, "the file is larger than a launch script may be",
                 fmt::format("{} bytes, at most {} are read", text.size(), kMaxScriptBytes),
                 "give the script alone");
  }
  switch (KindOf(text, file)) {
    case Source::Kind::kTestYaml:
      return internal::ReadTestYaml(text, file);
    case Source::Kind::kArgv:
      return internal::ReadArgv(text, file);
    case Source::Kind::kShell:
      break;
  }
  if (options.here_document == 0) return ReadShellSource(text, file, options, 1);
  const ReadScript outer = ReadShell(text, options.outside);
  for (const HereDocument& here : outer.here_documents) {
    if (here.line == options.here_document) {
      return ReadShellSource(here.text, file, options, here.line);
    }
  }
  base::Diagnostic error =
      Error("SCRIPT0003", file, options.here_document, "no here-document begins in this line", "",
            "give the first line of one of them");
  for (const HereDocument& here : outer.here_documents) {
    error.valid.push_back(std::to_string(here.line));
  }
  return error;
}

}  // namespace nam56r::script
