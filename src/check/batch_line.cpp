#include "src/check/batch_line.h"

#include <fmt/format.h>
#include <simdjson.h>

namespace nam56r::check {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kDeepest = 32;
constexpr std::size_t kMostWords = std::size_t{1} << 18;  // more than 2 MiB hold (command_line.cpp)

bool ReadArgv(dom::element value, std::vector<std::string>& argv) {
  dom::array words;
  if (value.get(words) != simdjson::SUCCESS) return false;
  std::size_t count = 0;  // strings of the line before are filled again
  for (dom::element word : words) {
    std::string_view text;
    if (word.get(text) != simdjson::SUCCESS) return false;
    // What follows a NUL would never reach the program.
    if (text.find('\0') != std::string_view::npos) return false;
    if (count == kMostWords) return false;
    if (count == argv.size()) argv.emplace_back();
    argv[count++].assign(text);
  }
  argv.resize(count);
  return true;
}

bool ReadEnvironment(dom::element value, std::map<std::string, std::string>& environment) {
  dom::object variables;
  if (value.get(variables) != simdjson::SUCCESS) return false;
  for (const dom::key_value_pair& variable : variables) {
    std::string_view text;
    std::int64_t number = 0;
    if (variable.value.get(text) == simdjson::SUCCESS) {
      environment.insert_or_assign(std::string(variable.key), std::string(text));
    } else if (variable.value.get(number) == simdjson::SUCCESS) {
      environment.insert_or_assign(std::string(variable.key), std::to_string(number));
    } else {
      return false;
    }
  }
  return true;
}

bool ReadWorld(dom::element value, std::int64_t& world) {
  return value.get(world) == simdjson::SUCCESS && world >= 1 &&
         world <= dialect::EffectiveArgs::kMostSize;
}

}  // namespace

struct BatchLineReader::Parser {
  dom::parser parser;
  std::string padded;
};

BatchLineReader::BatchLineReader() : parser_(std::make_unique<Parser>()) {}
BatchLineReader::~BatchLineReader() = default;

bool BatchLineReader::Read(std::string_view text, BatchLine& line, std::string& why) {
  std::string& padded = parser_->padded;
  padded.assign(text);
  padded.append(simdjson::SIMDJSON_PADDING, '\0');
  line.id = "null";
  line.surroundings = {};
  dom::parser& parser = parser_->parser;
  if (parser.capacity() < text.size() || parser.max_depth() != kDeepest) {
    if (parser.allocate(text.size() + text.size() / 4, kDeepest) != simdjson::SUCCESS) {
      why = "no memory to read it";
      return false;
    }
  }
  dom::element root;
  if (const auto error = parser.parse(padded.data(), text.size(), false).get(root)) {
    why = error == simdjson::CAPACITY
              ? "it is too long"
              : fmt::format("it is no JSON ({})", simdjson::error_message(error));
    return false;
  }
  dom::object object;
  if (root.get(object) != simdjson::SUCCESS) {
    why = "it is JSON, but no object";
    return false;
  }
  bool has_argv = false;
  bool fits = true;
  const auto require = [&](bool read, std::string_view what) {
    if (!read && fits) why = what;
    fits = fits && read;
  };
  for (const dom::key_value_pair& member : object) {
    if (member.key == "id") {
      line.id = simdjson::minify(member.value);
    } else if (member.key == "argv") {
      has_argv = true;
      require(ReadArgv(member.value, line.argv),
              "\"argv\" is no list of words, or one of more than 262144");
    } else if (member.key == "world") {
      require(ReadWorld(member.value, line.surroundings.world_size),
              "\"world\" is no number of ranks");
    } else if (member.key == "env") {
      require(ReadEnvironment(member.value, line.surroundings.environment),
              "\"env\" is no object of variables and their text");
    }
  }
  require(has_argv, "it has no \"argv\"");
  return fits;
}

}  // namespace nam56r::check
