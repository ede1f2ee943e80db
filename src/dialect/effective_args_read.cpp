// A command line as argparse of Python 3.12 reads it, with allow_abbrev=False and no positional
// arguments, which is how every release builds its parser (arguments.py:parse_args).
#include <algorithm>
#include <charconv>
#include <limits>

#include "src/dialect/argument_values.h"
#include "src/dialect/effective_args.h"

namespace nam56r::dialect {
namespace {

using Json = nlohmann::json;
using Kind = ParseProblem::Kind;

constexpr std::size_t kNone = SurfaceIndex::kNone;
constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// ^-\d+$|^-\d*\.\d+$: "-1e-5" is not among them, and is therefore taken for a flag.
bool LooksNegative(std::string_view word) {
  word.remove_prefix(1);
  const auto digits = [&] {
    const auto end = std::find_if_not(word.begin(), word.end(), IsDigit);
    const auto count = static_cast<std::size_t>(end - word.begin());
    word.remove_prefix(count);
    return count;
  };
  const bool whole = digits() > 0;
  if (word.empty()) return whole;
  if (word.front() != '.') return false;
  word.remove_prefix(1);
  return digits() > 0 && word.empty();
}

struct Word {
  enum class Class { kValue, kSeparator, kFlag, kUnknown };
  Class is = Class::kValue;
  bool has_value = false;    // "--flag=value"
  std::size_t flag = kNone;  // number of its spelling
  std::size_t value_at = 0;  // where the value begins within it
};

// argparse.ArgumentParser._parse_optional
Word Classified(const SurfaceIndex& index, std::string_view text) {
  Word word;
  if (text.empty() || text.front() != '-') return word;
  word.flag = index.FindFlag(text);
  if (word.flag != kNone) {
    word.is = Word::Class::kFlag;
    return word;
  }
  if (text.size() == 1) return word;
  const std::size_t equals = text.find('=');
  if (equals != std::string_view::npos) word.flag = index.FindFlag(text.substr(0, equals));
  word.value_at = equals + 1;
  if (word.flag == kNone && text[1] != '-') {
    word.flag = index.FindFlag(text.substr(0, 2));  // "-hx" is "-h" with "x"
    word.value_at = 2;
  }
  if (word.flag != kNone) {
    word.is = Word::Class::kFlag;
    word.has_value = true;
    return word;
  }
  if (LooksNegative(text) || text.find(' ') != std::string_view::npos) return word;
  word.is = Word::Class::kUnknown;
  return word;
}

struct Count {
  std::size_t least;
  std::size_t most;
};

Count Takes(const Argument& argument) {
  if (argument.action != Action::kStore) return {0, 0};
  if (argument.nargs.empty()) return {1, 1};
  if (argument.nargs == "?") return {0, 1};
  if (argument.nargs == "*") return {0, kAny};
  if (argument.nargs == "+") return {1, kAny};
  std::size_t exactly = 0;
  std::from_chars(argument.nargs.data(), argument.nargs.data() + argument.nargs.size(), exactly);
  return {exactly, exactly};
}

}  // namespace

class EffectiveArgs::Reader {
 public:
  Reader(EffectiveArgs& args, std::span<const std::string> argv)
      : args_(args), index_(*args.index_), argv_(argv) {}

  void Read() {
    words_.reserve(argv_.size());
    bool separated = false;
    for (const std::string& text : argv_) {
      Word word;
      if (!separated && text == "--") {
        word.is = Word::Class::kSeparator;
        separated = true;
      } else if (!separated) {
        word = Classified(index_, text);
      }
      words_.push_back(word);
    }
    for (std::size_t at = 0; at < words_.size();) at = One(at);
  }

 private:
  bool IsValue(std::size_t at) const {
    return at < words_.size() && words_[at].is == Word::Class::kValue;
  }

  std::size_t PastValues(std::size_t at) const {
    while (IsValue(at)) ++at;
    return at;
  }

  std::size_t One(std::size_t at) {
    switch (words_[at].is) {
      case Word::Class::kFlag:
        return Flag(at);
      case Word::Class::kUnknown:
        Report({Kind::kUnknownFlag, at, std::string(Name(at)), nullptr, argv_[at]});
        return PastValues(at + 1);
      case Word::Class::kValue:
      case Word::Class::kSeparator:
        Report({Kind::kStrayWord, at, {}, nullptr, argv_[at]});
        return at + 1;
    }
    return at + 1;
  }

  std::string_view Name(std::size_t at) const {
    return std::string_view(argv_[at]).substr(0, argv_[at].find('='));
  }

  std::size_t Flag(std::size_t at) {
    const Word& word = words_[at];
    const Argument& argument = index_.ArgumentOfFlag(word.flag);
    const std::string_view spelling = index_.Spelling(word.flag);
    Slot& slot = args_.slots_[index_.DestOfFlag(word.flag)];
    slot.flag = static_cast<std::uint16_t>(word.flag + 1);
    slot.word = static_cast<std::uint32_t>(at);
    const auto problem = [&](Kind kind, std::size_t where, std::string_view value) {
      Report({kind, where, std::string(spelling), &argument, std::string(value)});
    };
    const Count count = Takes(argument);
    if (word.has_value) {
      const std::string_view value = std::string_view(argv_[at]).substr(word.value_at);
      if (count.most == 0) {
        problem(Kind::kUnexpectedValue, at, value);
      } else if (count.least > 1) {
        problem(Kind::kWrongCount, at, value);
      } else {
        Store(slot, argument, at, at, value);
      }
      return at + 1;
    }
    const std::size_t begin = at + 1;
    const std::size_t there = PastValues(begin) - begin;
    if (there < count.least) {
      problem(count.least == 1 ? Kind::kMissingValue : Kind::kWrongCount, at, "");
      args_.Assign(slot, nullptr);
      return begin + there;
    }
    switch (argument.action) {
      case Action::kStoreTrue:
        args_.Assign(slot, true);
        break;
      case Action::kStoreFalse:
        args_.Assign(slot, false);
        break;
      case Action::kBooleanOptional:
        args_.Assign(slot, !spelling.starts_with("--no-"));
        break;
      case Action::kHelp:
        problem(Kind::kHelp, at, argv_[at]);
        break;
      case Action::kStore:
        Store(slot, argument, begin, begin + std::min(there, count.most), {});
        break;
    }
    return begin + std::min(there, count.most);
  }

  // Words |begin| to |end|, or |inside| where both are the flag's own.
  void Store(Slot& slot, const Argument& argument, std::size_t begin, std::size_t end,
             std::string_view inside) {
    const std::string_view flag = index_.Spelling(slot.flag - 1U);
    const auto converted = [&](std::size_t at, std::string_view word) -> Json {
      std::optional<Json> value = Converted(argument, word);
      if (!value) {
        Report({Kind::kWrongType, at, std::string(flag), &argument, std::string(word)});
        return std::string(word);
      }
      if (!argument.choices.empty() && !IsChosen(argument, *value)) {
        Report({Kind::kNotAChoice, at, std::string(flag), &argument, std::string(word)});
      }
      return std::move(*value);
    };
    const bool within = begin == slot.word;
    if (argument.nargs.empty() || argument.nargs == "?") {
      if (within) return args_.Assign(slot, converted(begin, inside));
      if (begin == end) return args_.Assign(slot, nullptr);
      return args_.Assign(slot, converted(begin, argv_[begin]));
    }
    Json list = Json::array();
    if (within) list.push_back(converted(begin, inside));
    for (std::size_t at = begin; at < end; ++at) list.push_back(converted(at, argv_[at]));
    args_.Assign(slot, std::move(list));
  }

  void Report(ParseProblem problem) {
    ++args_.problem_count_;
    if (args_.problems_.size() < kMostProblems) args_.problems_.push_back(std::move(problem));
  }

  EffectiveArgs& args_;
  const SurfaceIndex& index_;
  std::span<const std::string> argv_;
  std::vector<Word> words_;
};

void EffectiveArgs::Read(std::span<const std::string> argv) { Reader(*this, argv).Read(); }

}  // namespace nam56r::dialect
