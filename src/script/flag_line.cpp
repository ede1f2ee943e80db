#include "src/script/flag_line.h"

#include <fmt/format.h>

#include <cctype>
#include <limits>
#include <map>

#include "src/dialect/fields.h"

namespace nam56r::script {
namespace {

struct Takes {
  std::size_t least = 0;
  std::size_t most = 0;
};

Takes ValuesOf(const dialect::Argument& argument) {
  constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();
  if (argument.action != dialect::Action::kStore) return {0, 0};
  if (argument.nargs.empty()) return {1, 1};
  if (argument.nargs == "?") return {0, 1};
  if (argument.nargs == "*") return {0, kAny};
  if (argument.nargs == "+") return {1, kAny};
  std::size_t count = 0;
  for (char c : argument.nargs) {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      count = count * 10 + static_cast<std::size_t>(c - '0');
    }
  }
  return {count, count};
}

// argparse: "-1" and "-0.5" are values where no option looks like a number.
bool IsFlag(const ReadWord& word) {
  const std::string& text = word.text;
  if (text.size() < 2 || text.front() != '-') return false;
  const char next = text[1];
  return std::isdigit(static_cast<unsigned char>(next)) == 0 && next != '.';
}

}  // namespace

std::vector<std::string> GivenFlag::Texts() const {
  std::vector<std::string> texts;
  for (const ReadWord& value : values) texts.push_back(value.text);
  return texts;
}

dialect::Flags FlagLine::Known() const {
  dialect::Flags known;
  for (const GivenFlag& flag : flags) {
    if (flag.argument == nullptr || flag.overruled || !flag.undecided.empty()) continue;
    known[flag.flag] = flag.Texts();
    if (flag.argument->type != "float") continue;
    // 0.0, 1e-5 and 1E-05 are 0, 1e-05 and 1e-05: as we spell them.
    for (std::string& text : known[flag.flag]) {
      const auto value = dialect::FromWords(std::vector{text}, base::FieldValue(0.0));
      if (value) text = dialect::Word(std::get<double>(*value));
    }
  }
  return known;
}

FlagLine ParseFlags(const dialect::Release& release, std::span<const ReadWord> words) {
  FlagLine line;
  std::size_t at = 0;
  while (at < words.size()) {
    const ReadWord& word = words[at++];
    if (!IsFlag(word) || (!word.known && word.text.find('=') == std::string::npos)) {
      line.open = line.open || !word.known;
      line.loose.push_back(word);
      continue;
    }
    GivenFlag given;
    given.line = word.line;
    given.flag = word.text;
    if (!word.condition.empty()) given.undecided = word.condition;
    given.conditional = !word.condition.empty();
    const std::size_t equals = word.text.find('=');
    if (equals != std::string::npos) {
      given.flag = word.text.substr(0, equals);
      ReadWord value = word;
      value.text = word.text.substr(equals + 1);
      given.values.push_back(std::move(value));
    }
    given.argument = release.FindFlag(given.flag);
    // Of a flag that is not known, everything up to the next one may be a value.
    Takes takes{0, std::numeric_limits<std::size_t>::max()};
    if (given.argument != nullptr) takes = ValuesOf(*given.argument);
    if (equals == std::string::npos) {
      while (at < words.size() && given.values.size() < takes.most && !IsFlag(words[at])) {
        // What may be any number of words is a value only where there must be one.
        if (words[at].open && given.values.size() >= std::max<std::size_t>(takes.least, 1)) break;
        if (words[at].open && given.argument == nullptr) break;
        given.values.push_back(words[at++]);
      }
    }
    for (const ReadWord& value : given.values) {
      given.conditional = given.conditional || !value.condition.empty();
      if (!value.known) {
        given.undecided = fmt::format("its value is not known: {}", value.text);
      } else if (!value.condition.empty() && value.condition != word.condition) {
        given.undecided = "its value holds " + value.condition;
      }
    }
    if (given.undecided.empty() && given.argument != nullptr && given.values.size() < takes.least) {
      given.undecided = "it has no value";
    }
    line.flags.push_back(std::move(given));
  }
  std::map<std::string_view, std::size_t> last;
  for (std::size_t i = 0; i < line.flags.size(); ++i) {
    const dialect::Argument* argument = line.flags[i].argument;
    if (argument == nullptr) continue;
    const auto [it, first] = last.emplace(argument->dest, i);
    if (first) continue;
    // One that may or may not be there does not overrule: neither is known then.
    GivenFlag& earlier = line.flags[it->second];
    if (line.flags[i].undecided.starts_with("if ") ||
        line.flags[i].undecided.starts_with("unless")) {
      earlier.undecided = "a later one may overrule it, " + line.flags[i].undecided;
    }
    earlier.overruled = true;
    it->second = i;
  }
  return line;
}

}  // namespace nam56r::script
