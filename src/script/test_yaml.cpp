#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <cctype>
#include <sstream>

#include "src/script/command_line.h"

namespace nam56r::script::internal {
namespace {

base::Diagnostic Error(const std::string& file, int line, std::string message, std::string fix) {
  base::Diagnostic error;
  error.code = "SCRIPT0002";
  error.surface = base::Surface::kPolicy;
  error.message = std::move(message);
  error.where = {{{file, line, 0}, ""}};
  error.fix = std::move(fix);
  return error;
}

ReadWord WordOf(const YAML::Node& node, const std::string& text) {
  ReadWord word;
  word.text = text;
  word.line = node.Mark().line + 1;
  // "$5" is a text, "$HOME" and `pwd` are the shell's.
  word.known = text.find('`') == std::string::npos;
  for (std::size_t at = text.find('$'); at != std::string::npos; at = text.find('$', at + 1)) {
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    const bool name = std::isalpha(static_cast<unsigned char>(next)) != 0 || next == '_';
    if (name || next == '{' || next == '(') word.known = false;
  }
  return word;
}

// The runner leaves values to the shell, which splits them at blanks; "[a b]" is a list that YAML
// was kept from reading as one.
void AddValues(const YAML::Node& node, std::string_view text, Source& source) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) source.command.arguments.push_back(WordOf(node, word));
}

// A flag's value: true is the flag alone, false is no flag, a list is several values. Megatron-LM,
// tests/functional_tests/shell_test_utils/run_ci_test.sh.
void AddFlag(const std::string& flag, const YAML::Node& key, const YAML::Node& value,
             Source& source) {
  std::vector<ReadWord>& arguments = source.command.arguments;
  if (value.IsScalar()) {
    const std::string& text = value.Scalar();
    const bool plain = value.Tag() != "!";  // quoted
    if (plain && text == "false") return;
    arguments.push_back(WordOf(key, flag));
    if (plain && text == "true") return;
    if (text.empty()) return;
    AddValues(value, text, source);
  } else if (value.IsSequence()) {
    arguments.push_back(WordOf(key, flag));
    for (const YAML::Node& item : value) {
      if (item.IsScalar()) AddValues(item, item.Scalar(), source);
    }
  } else if (value.IsNull()) {
    arguments.push_back(WordOf(key, flag));
  } else {
    source.not_read.push_back({key.Mark().line + 1, flag, "a mapping is no value of a flag"});
  }
}

base::Expected<Source> Convert(const YAML::Node& root, const std::string& file) {
  Source source;
  source.kind = Source::Kind::kTestYaml;
  source.file = file;
  const YAML::Node arguments = root.IsMap() ? root["MODEL_ARGS"] : YAML::Node();
  if (!arguments || !arguments.IsMap()) {
    return Error(file, 0, "this YAML has no mapping MODEL_ARGS",
                 "give a functional test's model_config.yaml, a launch script, or an argv file");
  }
  source.command.line = arguments.Mark().line + 1;
  for (const auto& entry : arguments) {
    if (!entry.first.IsScalar()) continue;
    const std::string& flag = entry.first.Scalar();
    if (!flag.starts_with("--")) {
      source.not_read.push_back({entry.first.Mark().line + 1, flag, "not a flag"});
      continue;
    }
    AddFlag(flag, entry.first, entry.second, source);
  }
  if (const YAML::Node variables = root["ENV_VARS"]; variables && variables.IsMap()) {
    for (const auto& entry : variables) {
      if (!entry.first.IsScalar() || !entry.second.IsScalar()) continue;
      source.command.environment[entry.first.Scalar()] =
          WordOf(entry.second, entry.second.Scalar());
    }
  }
  for (const char* hook : {"BEFORE_SCRIPT", "AFTER_SCRIPT"}) {
    if (const YAML::Node node = root[hook]) {
      source.not_read.push_back({node.Mark().line + 1, hook, "shell text beside the run"});
    }
  }
  return source;
}

// The library resolves aliases to shared nodes, so that a document cannot grow; but it recurses.
bool NestsTooDeeply(std::string_view text) {
  constexpr int kMost = 64;
  int depth = 0;
  std::size_t indent = 0;
  bool at_begin = true;
  for (char c : text) {
    if (c == '\n') {
      at_begin = true;
      indent = 0;
      continue;
    }
    if (at_begin && (c == ' ' || c == '-' || c == '?' || c == '\t')) {
      if (++indent > 256) return true;
      continue;
    }
    at_begin = false;
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (depth > kMost) return true;
  }
  return false;
}

}  // namespace

base::Expected<Source> ReadTestYaml(std::string_view text, const std::string& file) {
  if (NestsTooDeeply(text)) return Error(file, 0, "nested too deeply", "give it flat");
  try {
    return Convert(YAML::Load(std::string(text)), file);
  } catch (const YAML::Exception& error) {
    return Error(file, error.mark.is_null() ? 0 : error.mark.line + 1, "not YAML: " + error.msg,
                 "mend this line");
  }
}

}  // namespace nam56r::script::internal
