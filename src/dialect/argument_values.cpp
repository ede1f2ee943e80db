#include "src/dialect/argument_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace nam56r::dialect {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kMostDigits = 4300;  // of int(), since 3.11

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// str.isspace() of what a shell can be expected to leave in a word: ASCII, and the two blanks of
// Latin-1.
std::string_view Stripped(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r\x1c\x1d\x1e\x1f";
  constexpr std::array<std::string_view, 2> kWide = {"\xc2\xa0", "\xc2\x85"};
  const auto strip = [&] {
    if (!text.empty() && kBlanks.find(text.front()) != std::string_view::npos) {
      text.remove_prefix(1);
      return true;
    }
    if (!text.empty() && kBlanks.find(text.back()) != std::string_view::npos) {
      text.remove_suffix(1);
      return true;
    }
    for (std::string_view wide : kWide) {
      if (text.starts_with(wide)) {
        text.remove_prefix(wide.size());
        return true;
      }
      if (text.ends_with(wide)) {
        text.remove_suffix(wide.size());
        return true;
      }
    }
    return false;
  };
  while (strip()) {
  }
  return text;
}

// Takes digits off |text| onto |digits|; false if there are none or an underscore is not between
// two of them.
bool TakeDigits(std::string_view& text, std::string& digits) {
  bool digit = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (IsDigit(text[at])) {
      digits += text[at];
      digit = true;
    } else if (text[at] == '_' && digit) {
      digit = false;
    } else {
      break;
    }
  }
  text.remove_prefix(at);
  return digit;
}

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

// signal.Signals of Linux: the surfaces know the numbers, the command line takes the names.
struct SignalName {
  std::string_view name;
  int number;
};
constexpr SignalName kSignals[] = {
    {"SIGHUP", 1},    {"SIGINT", 2},     {"SIGQUIT", 3},    {"SIGILL", 4},   {"SIGTRAP", 5},
    {"SIGABRT", 6},   {"SIGIOT", 6},     {"SIGBUS", 7},     {"SIGFPE", 8},   {"SIGKILL", 9},
    {"SIGUSR1", 10},  {"SIGSEGV", 11},   {"SIGUSR2", 12},   {"SIGPIPE", 13}, {"SIGALRM", 14},
    {"SIGTERM", 15},  {"SIGSTKFLT", 16}, {"SIGCHLD", 17},   {"SIGCLD", 17},  {"SIGCONT", 18},
    {"SIGSTOP", 19},  {"SIGTSTP", 20},   {"SIGTTIN", 21},   {"SIGTTOU", 22}, {"SIGURG", 23},
    {"SIGXCPU", 24},  {"SIGXFSZ", 25},   {"SIGVTALRM", 26}, {"SIGPROF", 27}, {"SIGWINCH", 28},
    {"SIGIO", 29},    {"SIGPOLL", 29},   {"SIGPWR", 30},    {"SIGSYS", 31},  {"SIGRTMIN", 34},
    {"SIGRTMAX", 64},
};

bool TakesSignals(const Argument& argument) {
  return argument.type == "enum_type_handler" && !argument.choices.empty() &&
         IsDigit(argument.choices.front().front());
}

// "AttnBackend.flash" -> "flash", which is what the parser takes.
std::string_view MemberName(std::string_view text) { return text.substr(text.find('.') + 1); }

bool LooksUpMembers(const Argument& argument) {
  return argument.type == "<lambda>" || argument.type == "_parse_cuda_graph_modules_arg";
}

std::optional<Json> OfTuple(std::string_view word) {
  constexpr std::string_view kAround = "()";
  while (!word.empty() && kAround.find(word.front()) != std::string_view::npos) {
    word.remove_prefix(1);
  }
  while (!word.empty() && kAround.find(word.back()) != std::string_view::npos) {
    word.remove_suffix(1);
  }
  Json list = Json::array();
  for (;;) {
    const std::size_t comma = word.find(',');
    const std::optional<std::int64_t> number = PythonInt(word.substr(0, comma));
    if (!number) return std::nullopt;
    list.push_back(*number);
    if (comma == std::string_view::npos) return list;
    word.remove_prefix(comma + 1);
  }
}

template <class T>
std::optional<Json> AsJson(const std::optional<T>& value) {
  if (!value) return std::nullopt;
  return Json(*value);
}

}  // namespace

std::optional<std::int64_t> PythonInt(std::string_view text) {
  text = Stripped(text);
  bool negative = false;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stop == end && IsDigit(text.front())) {
    return negative ? -value : value;
  }
  std::string digits;
  if (!TakeDigits(text, digits) || !text.empty() || digits.size() > kMostDigits) {
    return std::nullopt;
  }
  const char* last = digits.data() + digits.size();
  if (std::from_chars(digits.data(), last, value).ec != std::errc()) value = kLargest;
  return negative ? -value : value;
}

std::optional<double> PythonFloat(std::string_view text) {
  text = Stripped(text);
  double value = 0;
  const char* end = text.data() + text.size();
  if (const auto [stop, error] = std::from_chars(text.data(), end, value);
      error == std::errc() && stop == end && (IsDigit(text.back()) || text.back() == '.')) {
    return value;
  }
  std::string plain;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    if (text.front() == '-') plain += '-';
    text.remove_prefix(1);
  }
  if (EqualsIgnoringCase(text, "inf") || EqualsIgnoringCase(text, "infinity")) {
    const double infinity = std::numeric_limits<double>::infinity();
    return plain.empty() ? infinity : -infinity;
  }
  if (EqualsIgnoringCase(text, "nan")) return std::numeric_limits<double>::quiet_NaN();
  const std::size_t sign = plain.size();
  const bool whole = TakeDigits(text, plain);
  if (!whole && (plain.size() > sign || !text.starts_with('.'))) return std::nullopt;
  if (!text.empty() && text.front() == '.') {
    plain += '.';
    text.remove_prefix(1);
    const bool some = !text.empty() && IsDigit(text.front());
    if (some ? !TakeDigits(text, plain) : !whole) return std::nullopt;
  }
  if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
    plain += 'e';
    text.remove_prefix(1);
    if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
      plain += text.front();
      text.remove_prefix(1);
    }
    if (!TakeDigits(text, plain)) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  return std::strtod(plain.c_str(), nullptr);  // beyond the range: infinity or 0, as in Python
}

std::optional<Json> Converted(const Argument& argument, std::string_view word) {
  if (argument.type.empty() || argument.type == "str") return std::string(word);
  if (argument.type == "int") return AsJson(PythonInt(word));
  if (argument.type == "float") return AsJson(PythonFloat(word));
  if (argument.type == "bool") return !word.empty();  // Python's bool("False") is true
  if (argument.type.ends_with("_freq_type")) {
    if (word.find('[') != std::string_view::npos) return EvaluatePattern(word);
    return AsJson(PythonInt(word));
  }
  if (argument.type == "tuple_type") return OfTuple(word);
  if (TakesSignals(argument)) {
    const auto* signal = std::find_if(std::begin(kSignals), std::end(kSignals),
                                      [&](const SignalName& one) { return one.name == word; });
    if (signal == std::end(kSignals)) return std::nullopt;
    return signal->number;
  }
  if (argument.type == "enum_type_handler" || LooksUpMembers(argument)) {
    const std::vector<std::string> members = TakenWords(argument);
    if (std::find(members.begin(), members.end(), word) == members.end()) return std::nullopt;
  }
  return std::string(word);
}

bool IsChosen(const Argument& argument, const Json& value) {
  if (argument.choices.empty() || argument.type == "enum_type_handler") return true;
  return std::any_of(argument.choices.begin(), argument.choices.end(), [&](std::string_view c) {
    if (value.is_string()) return value.get_ref<const std::string&>() == c;
    return value.is_number_integer() && PythonInt(c) == value.get<std::int64_t>();
  });
}

std::vector<std::string> TakenWords(const Argument& argument) {
  std::vector<std::string> words;
  if (TakesSignals(argument)) {
    for (const SignalName& signal : kSignals) words.emplace_back(signal.name);
    return words;
  }
  if (LooksUpMembers(argument)) {
    for (std::string_view member : argument.members) words.emplace_back(member);
    return words;
  }
  for (std::string_view choice : argument.choices) {
    words.emplace_back(argument.type == "enum_type_handler" ? MemberName(choice) : choice);
  }
  return words;
}

Json DefaultValue(const Argument& argument) {
  Json value = Json::parse(argument.default_json);
  if (argument.type == "enum_type_handler" && value.is_string()) {
    return std::string(MemberName(value.get_ref<const std::string&>()));
  }
  return value;
}

}  // namespace nam56r::dialect
