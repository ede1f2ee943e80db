#include "src/script/shell_reader.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>
#include <utility>

#include "src/script/arithmetic.h"
#include "src/script/shell_syntax.h"
#include "src/script/shell_value.h"
#include "src/script/text.h"

namespace nam56r::script {
namespace {

using Kind = Command::Kind;
using PartKind = WordPart::Kind;

/// Bytes of values that one reading may make, and commands that it may follow: a script can double
/// a variable in every line.
constexpr std::size_t kMaxWork = 32u << 20;
constexpr std::size_t kMaxSteps = 50'000;
constexpr std::size_t kMaxPieces = 1 << 16;
constexpr std::size_t kMaxReported = 400;
constexpr int kMaxCalls = 16;

struct TooMuch {
  std::string why;
};

enum class Truth { kNo, kYes, kUnknown };
Truth Not(Truth truth) {
  if (truth == Truth::kUnknown) return truth;
  return truth == Truth::kYes ? Truth::kNo : Truth::kYes;
}

enum class Flow { kOn, kBreak, kContinue, kReturn, kExit };

struct Variable {
  std::vector<Value> items;
  bool array = false;
  bool exported = false;
  bool is_set = true;
  int line = 0;
  bool may_be_unset = false;  ///< some way through the script leaves it unset
  int export_condition = -1;  ///< index of the condition under which it is exported; -1: always
};

struct State {
  std::map<std::string, Variable> variables;
  std::vector<Value> arguments;
  Flow flow = Flow::kOn;
};

bool Same(const Variable& a, const Variable& b) {
  return a.array == b.array && a.exported == b.exported && a.is_set == b.is_set &&
         a.may_be_unset == b.may_be_unset && a.export_condition == b.export_condition &&
         std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(),
                    [](const Value& x, const Value& y) { return nam56r::script::Same(x, y); });
}

std::string Shortened(std::string_view text) {
  constexpr std::size_t kMost = 100;
  const std::size_t line = text.find('\n');
  std::string_view shown = text.substr(0, std::min({line, kMost, text.size()}));
  return std::string(shown) + (shown.size() < text.size() ? "..." : "");
}

// Set in every shell or by every scheduler, so that a default in the script says nothing.
bool IsAmbient(std::string_view name) {
  constexpr std::array kNames = {"HOME",
                                 "USER",
                                 "PATH",
                                 "PWD",
                                 "OLDPWD",
                                 "HOSTNAME",
                                 "LD_LIBRARY_PATH",
                                 "TMPDIR",
                                 "SHELL",
                                 "LOGNAME",
                                 "RANDOM",
                                 "SECONDS",
                                 "UID",
                                 "EUID",
                                 "PPID",
                                 "TERM",
                                 "BASHPID",
                                 "LINENO",
                                 "OSTYPE",
                                 "BASH",
                                 "BASH_SOURCE",
                                 "FUNCNAME",
                                 "HOSTTYPE",
                                 "MACHTYPE",
                                 "PIPESTATUS",
                                 "EPOCHSECONDS",
                                 "PYTHONPATH",
                                 "REPLY"};
  if (std::find(kNames.begin(), kNames.end(), name) != kNames.end()) return true;
  for (std::string_view prefix : {"SLURM_", "PBS_", "OMPI_", "LSB_", "KUBERNETES_", "PMI_"}) {
    if (name.starts_with(prefix)) return true;
  }
  return false;
}

bool IsDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// Nothing where that is not found out.
std::optional<bool> Matches(const std::string& pattern, const std::string& text) {
  if (pattern.find_first_of("*?[\\") == std::string::npos) return pattern == text;
  if (pattern == "*") return true;
  // fnmatch backtracks: both are kept short.
  constexpr std::size_t kMost = 512;
  if (pattern.size() > kMost || text.size() > kMost) return std::nullopt;
  return fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

std::string Escaped(const std::string& text) {
  std::string escaped;
  for (char c : text) {
    if (std::string_view("*?[]\\").find(c) != std::string_view::npos) escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

class Interpreter {
 public:
  Interpreter(const std::map<std::string, std::string>& outside) {
    for (const auto& [name, value] : outside) {
      state_.variables[name] = {{{{value, true, 0, false, -1}}}, false, true, true, 0};
    }
  }

  ReadScript Read(std::string_view text, int first_line) {
    const Command script = ParseShell(text, first_line);
    try {
      Run(script);
    } catch (const TooMuch& much) {
      result_.not_read.push_back({line_, "the rest of the script", much.why});
    }
    return std::move(result_);
  }

 private:
  // ---- Reports and bounds

  void Charge(std::size_t bytes) {
    work_ += bytes;
    if (work_ > kMaxWork) throw TooMuch{"it expands to more text than is read"};
  }
  void Step(const Command& command) {
    line_ = command.line;
    if (++steps_ > kMaxSteps) throw TooMuch{"it runs more commands than are followed"};
  }
  void Report(int line, std::string text, std::string why) {
    if (!reported_.emplace(line, why).second) return;
    if (result_.not_read.size() < kMaxReported) {
      result_.not_read.push_back({line, std::move(text), std::move(why)});
    }
  }
  void Assume(const std::string& name, int line, std::string value) {
    if (!assumed_.insert(name).second) return;
    if (result_.assumptions.size() < kMaxReported) {
      result_.assumptions.push_back({name, line, Shortened(value)});
    }
  }

  // ---- Values

  Piece Text(std::string text, int line) {
    Charge(text.size() + sizeof(Piece));
    return {std::move(text), true, line, false, -1};
  }
  Piece Undecided(std::string text, int line) {
    Charge(text.size() + sizeof(Piece));
    return {Shortened(text), false, line, false, -1};
  }
  void ChargeCopy(const std::vector<Value>& values) {
    std::size_t bytes = 0;
    for (const Value& value : values) {
      for (const Piece& piece : value) bytes += piece.text.size() + sizeof(Piece);
    }
    Charge(bytes);
  }
  void Append(Value& to, const Value& from) {
    std::size_t bytes = 0;
    for (const Piece& piece : from) bytes += piece.text.size() + sizeof(Piece);
    Charge(bytes);
    to.insert(to.end(), from.begin(), from.end());
    if (to.size() > kMaxPieces) throw TooMuch{"a value has more pieces than are followed"};
  }

  Variable* Find(const std::string& name) {
    const auto it = state_.variables.find(name);
    return it == state_.variables.end() || !it->second.is_set ? nullptr : &it->second;
  }

  /// A parameter's values. |known_unset|: nothing has set it, and the script is read as if nothing
  /// outside had.
  struct Looked {
    std::vector<Value> values;
    bool is_set = false;
    bool ambient = false;  ///< set outside, to what cannot be known
    bool may_be_unset = false;
    bool list = false;  ///< "$@", "${A[@]}"
  };
  Looked Lookup(const WordPart& part, int line) {
    const std::string& name = part.name;
    Looked looked;
    const auto one = [&](std::string text) {
      looked.values = {{Text(std::move(text), line)}};
      looked.is_set = true;
      return looked;
    };
    if (name == "@" || name == "*") {
      if (calls_ == 0 && state_.arguments.empty()) Assume("the script's arguments", line, "none");
      looked.values = state_.arguments;
      ChargeCopy(looked.values);
      looked.is_set = !looked.values.empty();
      looked.ambient = part.quoted && name == "*" && Find("IFS") != nullptr;
      looked.list = name == "@" || !part.quoted;
      return looked;
    }
    if (name == "#") {
      if (calls_ == 0 && state_.arguments.empty()) Assume("the script's arguments", line, "none");
      return one(std::to_string(state_.arguments.size()));
    }
    if (IsDigits(name)) {
      const auto i = Integer(name);
      if (i && *i >= 1 && *i <= static_cast<std::int64_t>(state_.arguments.size())) {
        looked.values = {state_.arguments[static_cast<std::size_t>(*i) - 1]};
        looked.is_set = true;
      } else if (!i || *i == 0) {
        looked.ambient = true;
      }
      return looked;
    }
    if (name.empty() || std::string_view("?$!-0").find(name.front()) != std::string_view::npos) {
      looked.ambient = true;
      return looked;
    }
    Variable* variable = Find(name);
    if (variable == nullptr) {
      looked.ambient = IsAmbient(name) && !unset_.contains(name);
      return looked;
    }
    looked.is_set = true;
    looked.may_be_unset = variable->may_be_unset;
    if (part.index == "@" || part.index == "*") {
      looked.list = part.index == "@" || !part.quoted;
      looked.values = variable->items;
      ChargeCopy(looked.values);
      looked.ambient = part.quoted && part.index == "*" && Find("IFS") != nullptr;
    } else if (part.index.empty()) {
      if (!variable->items.empty()) looked.values = {variable->items.front()};
      ChargeCopy(looked.values);
      looked.is_set = !variable->items.empty();
    } else {
      const auto i = Arithmetic(part.index);
      const auto size = static_cast<std::int64_t>(variable->items.size());
      if (!i) {
        looked.ambient = true;
        looked.is_set = false;
      } else if (*i < size && *i >= -size) {
        looked.values = {variable->items[static_cast<std::size_t>(*i < 0 ? *i + size : *i)]};
      } else {
        looked.is_set = false;
      }
    }
    return looked;
  }

  std::optional<std::int64_t> Arithmetic(const std::string& text) {
    return EvaluateArithmetic(text, [this](const std::string& name) -> std::optional<std::string> {
      const Variable* variable = Find(name);
      if (variable == nullptr || variable->items.empty()) return std::nullopt;
      const Value& value = variable->items.front();
      return Known(value) ? std::optional(Join(value)) : std::nullopt;
    });
  }

  /// What stands after the operator, as one value.
  Value Operand(const WordPart& part, int line) {
    Word word;
    word.parts = part.operand;
    word.line = line;
    return ExpandOne(word);
  }

  std::vector<Value> Expand(const WordPart& part, int line) {
    if (part.kind == PartKind::kCommand) return {{Undecided(part.text, line)}};
    if (part.kind == PartKind::kArithmetic) {
      if (const auto value = Arithmetic(part.name)) return {{Text(std::to_string(*value), line)}};
      return {{Undecided(part.text, line)}};
    }
    const std::vector<Value> undecided = {{Undecided(part.text, line)}};
    if (part.op == "!" || part.op == "@") return undecided;
    Looked looked = Lookup(part, line);
    if (part.length) {
      if (looked.ambient) return undecided;
      if (looked.list) {
        for (const Value& value : looked.values) {
          if (!Known(value)) return undecided;
        }
        return {{Text(std::to_string(looked.values.size()), line)}};
      }
      const Value value = looked.values.empty() ? Value() : looked.values.front();
      if (!Known(value)) return undecided;
      return {{Text(std::to_string(Join(value).size()), line)}};
    }
    if (looked.ambient) return undecided;
    const bool default_operator =
        std::string_view("-=?+").find(part.op.empty() ? ' ' : part.op.back()) !=
        std::string_view::npos;
    if (default_operator) return WithDefault(part, line, looked);
    if (!looked.is_set) {
      if (looked.list) return {};
      return undecided;
    }
    if (part.op.empty()) return looked.values;
    return Edited(part, line, looked, undecided);
  }

  // ${X:-d} and its relatives.
  std::vector<Value> WithDefault(const WordPart& part, int line, const Looked& looked) {
    const char op = part.op.back();
    const bool empty_too = part.op.front() == ':';
    Truth there = looked.is_set ? Truth::kYes : Truth::kNo;
    if (looked.is_set && empty_too) {
      Value all;
      for (const Value& value : looked.values) Append(all, value);
      if (!SurelyNotEmpty(all)) {
        there = Known(all) && Join(all).empty() ? Truth::kNo : Truth::kUnknown;
      }
    } else if (looked.is_set && looked.may_be_unset) {
      there = Truth::kUnknown;
    }
    const bool argument = IsDigits(part.name);
    if (argument && !looked.is_set && calls_ == 0 && op != '?') {
      Assume("the script's arguments", line, "none");
    }
    if (!looked.is_set && !looked.list && op != '?' && !argument && !unset_.contains(part.name)) {
      Assume(part.name, line, op == '+' ? "" : Join(Operand(part, line)));
    }
    if (there == Truth::kUnknown) {
      if (op == '+') {
        Value value = Operand(part, line);
        const int condition = Condition("if " + part.name + " is not empty", line);
        for (Piece& piece : value) {
          if (piece.condition < 0) piece.condition = condition;
        }
        return {value};
      }
      return {{Undecided(part.text, line)}};
    }
    if (op == '+') return {there == Truth::kYes ? Operand(part, line) : Value()};
    if (there == Truth::kYes) return looked.values;
    if (op == '?') return {{Undecided(part.text, line)}};
    Value value = Operand(part, line);
    if (op == '=' && !part.name.empty() && !IsDigits(part.name)) {
      Variable& variable = state_.variables[part.name];
      variable.is_set = true;
      variable.may_be_unset = false;
      variable.items = {value};
      variable.line = line;
    }
    return {value};
  }

  // ${X#pattern}, ${X/a/b}, ${X^^}, ... of values that are known.
  std::vector<Value> Edited(const WordPart& part, int line, const Looked& looked,
                            const std::vector<Value>& undecided) {
    const Value operand = Operand(part, line);
    if (!Known(operand)) return undecided;
    std::vector<Value> edited;
    for (const Value& value : looked.values) {
      if (!Known(value)) return undecided;
      std::string text = Join(value);
      const std::string pattern = Join(operand);
      if (part.op == "#" || part.op == "##" || part.op == "%" || part.op == "%%") {
        auto trimmed = Trimmed(text, pattern, part.op);
        if (!trimmed) return undecided;
        text = std::move(*trimmed);
      } else if (part.op == "/" || part.op == "//") {
        const std::size_t slash = pattern.find('/');
        const std::string from = pattern.substr(0, slash);
        const std::string to = slash == std::string::npos ? "" : pattern.substr(slash + 1);
        if (from.empty() || from.find_first_of("*?[]#%\\") != std::string::npos) return undecided;
        for (std::size_t at = text.find(from); at != std::string::npos;
             at = text.find(from, at + to.size())) {
          text.replace(at, from.size(), to);
          Charge(text.size());
          if (part.op == "/") break;
        }
      } else if (part.op == "^^" || part.op == ",,") {
        for (char& c : text) {
          const auto u = static_cast<unsigned char>(c);
          c = static_cast<char>(part.op == "^^" ? std::toupper(u) : std::tolower(u));
        }
      } else {
        return undecided;
      }
      edited.push_back({Text(std::move(text), line)});
    }
    return edited;
  }

  /// Nothing where that is not found out.
  std::optional<std::string> Trimmed(const std::string& text, const std::string& pattern,
                                     const std::string& op) {
    constexpr std::size_t kMost = 512;
    if (text.size() > kMost) return std::nullopt;
    const bool front = op.front() == '#';
    const bool longest = op.size() == 2;
    std::optional<std::size_t> best;
    for (std::size_t n = 0; n <= text.size(); ++n) {
      const std::string piece = front ? text.substr(0, n) : text.substr(text.size() - n);
      Charge(piece.size());
      const auto matches = Matches(pattern, piece);
      if (!matches) return std::nullopt;
      if (!*matches) continue;
      best = n;
      if (!longest) break;
    }
    if (!best) return text;
    return front ? text.substr(*best) : text.substr(0, text.size() - *best);
  }

  /// A word where the shell does not split: assignments, tests, patterns.
  Value ExpandOne(const Word& word) {
    Value value;
    bool first = true;
    for (const WordPart& part : word.parts) {
      if (part.kind == PartKind::kText) {
        const bool tilde = first && !part.quoted && part.text.starts_with('~');
        const int line = part.line > 0 ? part.line : word.line;
        value.push_back(tilde ? Undecided(part.text, line) : Text(part.text, line));
      } else {
        bool more = false;
        for (const Value& item : Expand(part, word.line)) {
          if (more) value.push_back(Text(" ", word.line));
          more = true;
          Append(value, item);
        }
      }
      first = false;
    }
    return value;
  }

  /// A word of a command: none, one or several words after splitting.
  void ExpandWords(const Word& word, std::vector<Value>& words) {
    Value current;
    bool started = false;
    bool first = true;
    const auto finish = [&] {
      if (started) words.push_back(std::move(current));
      current.clear();
      started = false;
    };
    for (const WordPart& part : word.parts) {
      if (part.kind == PartKind::kText) {
        const bool tilde = first && !part.quoted && part.text.starts_with('~');
        const bool braces = !part.quoted && HasBraces(part.text);
        const int line = part.line > 0 ? part.line : word.line;
        current.push_back(tilde || braces ? Undecided(part.text, line) : Text(part.text, line));
        started = true;
        first = false;
        continue;
      }
      first = false;
      const bool list = part.kind == PartKind::kParameter && !part.length &&
                        (part.name == "@" || part.index == "@");
      std::vector<Value> items = Expand(part, word.line);
      if (part.quoted) {
        if (!list) {
          for (std::size_t i = 0; i < items.size(); ++i) {
            if (i > 0) current.push_back(Text(" ", word.line));
            Append(current, items[i]);
          }
          started = true;
          continue;
        }
        for (std::size_t i = 0; i < items.size(); ++i) {
          if (i > 0) finish();
          Append(current, items[i]);
          started = true;
        }
        continue;
      }
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0) finish();
        Split(items[i], current, started, finish);
      }
    }
    finish();
  }

  static bool HasBraces(const std::string& text) {
    const std::size_t open = text.find('{');
    if (open == std::string::npos) return false;
    const std::size_t close = text.find('}', open);
    if (close == std::string::npos) return false;
    const std::string inside = text.substr(open, close - open);
    return inside.find(',') != std::string::npos || inside.find("..") != std::string::npos;
  }

  /// What words are split at; nothing where that is not known. Separators that are no blanks would
  /// also make empty words.
  std::optional<std::string> Separators() {
    constexpr const char* kBlanks = " \t\n";
    const Variable* variable = Find("IFS");
    if (variable == nullptr) return kBlanks;
    if (variable->items.size() != 1 || variable->may_be_unset) return std::nullopt;
    const Value& value = variable->items.front();
    if (!Known(value)) return std::nullopt;
    const std::string text = Join(value);
    if (text.find_first_not_of(kBlanks) != std::string::npos) return std::nullopt;
    return text;
  }

  template <class Finish>
  void Split(const Value& value, Value& current, bool& started, Finish finish) {
    const std::optional<std::string> separators = Separators();
    for (const Piece& piece : value) {
      if (!piece.known || !separators) {
        current.push_back(piece);
        current.back().known = false;
        current.back().open = true;
        started = true;
        continue;
      }
      std::size_t at = 0;
      while (at < piece.text.size()) {
        const std::size_t end =
            std::min(piece.text.find_first_of(*separators, at), piece.text.size());
        if (end > at) {
          Piece word = Text(piece.text.substr(at, end - at), piece.line);
          word.condition = piece.condition;
          current.push_back(std::move(word));
          started = true;
        }
        if (end < piece.text.size()) finish();
        at = end + 1;
      }
    }
  }

  // ---- Conditions and branches

  int Condition(std::string text, int line) {
    conditions_.push_back(line > 0 ? fmt::format("{} (line {})", text, line) : std::move(text));
    return static_cast<int>(conditions_.size()) - 1;
  }
  std::string Conditions() const {
    constexpr std::size_t kMost = 8;
    std::string text;
    for (std::size_t i = 0; i < std::min(active_.size(), kMost); ++i) {
      if (!text.empty()) text += " and ";
      text += conditions_[static_cast<std::size_t>(active_[i])];
    }
    if (active_.size() > kMost) text += fmt::format(" and {} more", active_.size() - kMost);
    return text;
  }

  std::size_t SizeOf(const State& state) const {
    std::size_t bytes = 0;
    for (const auto& [name, variable] : state.variables) {
      bytes += name.size() + sizeof(Variable);
      for (const Value& value : variable.items) {
        for (const Piece& piece : value) bytes += sizeof(Piece) + piece.text.size();
      }
    }
    return bytes;
  }

  struct Branch {
    std::string condition;
    const Command* body;  ///< null: nothing happens
  };
  /// Follows every branch from the same state, and joins what they leave behind. A branch that
  /// exits leaves nothing: who goes on has not taken it.
  void RunBranches(const std::vector<Branch>& branches, int line) {
    const State before = state_;
    std::vector<std::pair<int, State>> after;
    for (const Branch& branch : branches) {
      Charge(SizeOf(before));
      state_ = before;
      const int condition = Condition(branch.condition, line);
      active_.push_back(condition);
      if (branch.body != nullptr) Run(*branch.body);
      active_.pop_back();
      Leave(condition, after);
    }
    GoOn(after, line);
  }
  /// Keeps what a branch left behind.
  void Leave(int condition, std::vector<std::pair<int, State>>& after) {
    if (state_.flow == Flow::kExit) return;
    state_.flow = Flow::kOn;  // break and return under a condition: both ways are followed
    after.emplace_back(condition, std::move(state_));
  }
  /// Goes on with what all branches left behind; nothing where every one of them exits.
  void GoOn(std::vector<std::pair<int, State>>& after, int line) {
    if (after.empty()) {
      state_.flow = Flow::kExit;
      return;
    }
    state_ = Merged(after, line);
  }

  State Merged(std::vector<std::pair<int, State>>& states, int line) {
    if (states.size() == 1) return std::move(states.front().second);
    State merged;
    std::set<std::string> names;
    for (const auto& [condition, state] : states) {
      for (const auto& [name, variable] : state.variables) names.insert(name);
    }
    for (const std::string& name : names) {
      std::vector<std::pair<int, Variable>> alternatives;
      for (auto& [condition, state] : states) {
        const auto it = state.variables.find(name);
        Variable unset;
        unset.is_set = false;
        alternatives.emplace_back(condition, it == state.variables.end() ? unset : it->second);
      }
      merged.variables[name] = Merged(alternatives, line);
    }
    merged.arguments = states.front().second.arguments;
    for (const auto& [condition, state] : states) {
      const auto& other = state.arguments;
      const bool same =
          std::equal(other.begin(), other.end(), merged.arguments.begin(), merged.arguments.end(),
                     [](const Value& a, const Value& b) { return nam56r::script::Same(a, b); });
      if (!same) merged.arguments = {{Undecided("$@", line)}};
    }
    return merged;
  }

  Variable Merged(const std::vector<std::pair<int, Variable>>& alternatives, int line) {
    const Variable& first = alternatives.front().second;
    if (std::all_of(alternatives.begin(), alternatives.end(),
                    [&](const auto& other) { return Same(first, other.second); })) {
      return first;
    }
    Variable merged;
    merged.line = line;
    const Variable* shortest = nullptr;
    bool everywhere = true;  // exported
    int export_condition = -1;
    for (const auto& [condition, variable] : alternatives) {
      merged.array = merged.array || variable.array;
      merged.may_be_unset = merged.may_be_unset || !variable.is_set || variable.may_be_unset;
      if (variable.exported && !merged.exported) {
        export_condition = variable.export_condition < 0 ? condition : variable.export_condition;
      }
      merged.exported = merged.exported || variable.exported;
      everywhere = everywhere && variable.exported && variable.export_condition < 0;
      if (shortest == nullptr || Length(variable) < Length(*shortest)) shortest = &variable;
    }
    if (!everywhere) merged.export_condition = export_condition;
    merged.is_set = true;
    // Branches that only add something: what was there before stays decided.
    std::optional<std::vector<Value>> items = shortest->items;
    for (const auto& [condition, variable] : alternatives) {
      if (!items) break;
      items = Extended(std::move(*items), shortest->items, variable.items, condition, merged.array);
    }
    if (items) {
      merged.items = std::move(*items);
      return merged;
    }
    std::vector<std::string> shown;
    constexpr std::size_t kMostShown = 16;
    for (const auto& [condition, variable] : alternatives) {
      if (shown.size() >= kMostShown) break;
      std::string text = "unset";
      if (variable.is_set) {
        text = "'";
        for (const Value& value : variable.items) {
          text += (text.size() > 1 ? " " : "") + Shortened(Join(value));
        }
        text += "'";
      }
      if (std::find(shown.begin(), shown.end(), text) == shown.end()) shown.push_back(text);
    }
    std::string text;
    for (const std::string& one : shown) text += (text.empty() ? "" : " or ") + one;
    merged.items = {{Undecided(text, line)}};
    return merged;
  }

  static std::size_t Length(const Variable& variable) {
    std::size_t length = 0;
    for (const Value& value : variable.items) length += value.size() + 1;
    return length;
  }

  /// |to| with what |longer| has beyond |base|, under |condition|. Nothing when it is no extension.
  std::optional<std::vector<Value>> Extended(std::vector<Value> to, const std::vector<Value>& base,
                                             const std::vector<Value>& longer, int condition,
                                             bool array) {
    const auto add = [&](Value& value, auto begin, auto end) {
      for (auto it = begin; it != end; ++it) {
        value.push_back(*it);
        if (value.back().condition < 0) value.back().condition = condition;
      }
    };
    if (!array) {
      const Value from = base.empty() ? Value() : base.front();
      const Value more = longer.empty() ? Value() : longer.front();
      // Half a word under a condition is not a word: what is added begins after a blank.
      if (!IsPrefix(from, more)) return std::nullopt;
      if (more.size() == from.size()) return to;
      const std::string& added = more[from.size()].text;
      const bool apart = from.empty() || added.starts_with(' ') || added.starts_with('\n');
      if (!apart || !more[from.size()].known) return std::nullopt;
      if (to.empty()) to.emplace_back();
      add(to.front(), more.begin() + static_cast<std::ptrdiff_t>(from.size()), more.end());
      return to;
    }
    if (longer.size() < base.size()) return std::nullopt;
    for (std::size_t i = 0; i < base.size(); ++i) {
      if (!nam56r::script::Same(base[i], longer[i])) return std::nullopt;
    }
    for (std::size_t i = base.size(); i < longer.size(); ++i) {
      Value value;
      add(value, longer[i].begin(), longer[i].end());
      if (value.empty()) value.push_back({"", true, 0, false, condition});
      to.push_back(std::move(value));
    }
    return to;
  }

  // ---- Commands

  Truth Run(const Command& command) {
    if (state_.flow != Flow::kOn) return Truth::kUnknown;
    Step(command);
    for (const Redirection& redirection : command.redirections) Here(command, redirection);
    switch (command.kind) {
      case Kind::kSimple:
        return Simple(command);
      case Kind::kTest:
        return Test(command);
      case Kind::kArith:
        return ArithmeticCommand(command.name, command.line);
      case Kind::kPipe: {
        // Each runs in a process of its own: what it assigns is lost.
        for (const Command& part : command.parts) Subshell(part);
        return Truth::kUnknown;
      }
      case Kind::kAnd:
      case Kind::kOr: {
        const Truth left = Run(command.parts[0]);
        if (state_.flow != Flow::kOn) return left;
        const bool both = command.kind == Kind::kAnd;
        if (left == Truth::kUnknown) {
          const std::string text = fmt::format("`{}`", Shortened(command.parts[0].text));
          RunBranches({{(both ? "if " : "unless ") + text, &command.parts[1]},
                       {(both ? "unless " : "if ") + text, nullptr}},
                      command.line);
          return Truth::kUnknown;
        }
        if ((left == Truth::kYes) == both) return Run(command.parts[1]);
        return left;
      }
      case Kind::kNot:
        return Not(Run(command.parts[0]));
      case Kind::kSequence: {
        Truth last = Truth::kYes;
        for (const Command& part : command.parts) {
          last = Run(part);
          if (state_.flow != Flow::kOn) break;
        }
        return last;
      }
      case Kind::kSubshell:
        for (const Command& part : command.parts) Subshell(part);
        return Truth::kUnknown;
      case Kind::kIf:
        If(command);
        return Truth::kUnknown;
      case Kind::kCase:
        Case(command);
        return Truth::kUnknown;
      case Kind::kFor:
        For(command);
        return Truth::kUnknown;
      case Kind::kWhile:
        While(command);
        return Truth::kUnknown;
      case Kind::kFunction:
        if (!command.parts.empty()) functions_[command.name] = &command.parts.front();
        return Truth::kYes;
      case Kind::kNotRead:
        Report(command.line, command.text, command.why);
        return Truth::kUnknown;
    }
    return Truth::kUnknown;
  }

  void Subshell(const Command& command) {
    Charge(SizeOf(state_));
    State outer = state_;
    Run(command);
    state_ = std::move(outer);
  }

  void Here(const Command& command, const Redirection& redirection) {
    if (redirection.here_line == 0 || result_.here_documents.size() >= kMaxReported) return;
    if (!seen_here_.insert(redirection.here_line).second) return;
    result_.here_documents.push_back(
        {redirection.here_line, redirection.here_document, Shortened(command.text)});
  }

  // Pairs of condition and body, then perhaps an else. Of conditions that are not decided every
  // body is followed, each from what its own condition has left behind.
  void If(const Command& command) {
    std::vector<std::pair<int, State>> after;
    const std::size_t outer = active_.size();
    bool decided = false;
    for (std::size_t at = 0; at < command.parts.size() && !decided; at += 2) {
      if (at + 1 == command.parts.size()) {
        Run(command.parts[at]);
        break;
      }
      const Command& condition = command.parts[at];
      const Truth truth = Run(condition);
      if (state_.flow != Flow::kOn) break;
      if (truth == Truth::kNo) continue;
      if (truth == Truth::kYes) {
        Run(command.parts[at + 1]);
        decided = true;
        break;
      }
      const std::string text = fmt::format("`{}`", Shortened(condition.text));
      Charge(SizeOf(state_) + text.size());
      State otherwise = state_;
      active_.push_back(Condition("if " + text, condition.line));
      Run(command.parts[at + 1]);
      Leave(active_.back(), after);
      active_.back() = Condition("unless " + text, condition.line);
      state_ = std::move(otherwise);
    }
    if (active_.size() == outer) return;
    Leave(active_.back(), after);
    active_.resize(outer);
    GoOn(after, command.line);
  }

  void Case(const Command& command) {
    const Value subject = ExpandOne(command.words.front());
    const std::string shown = Shortened(command.text);
    if (command.falls_through) {
      Report(command.line, command.text, "a 'case' whose branches go on into the next");
      for (const Command& body : command.parts) RunLoopOnce(command, body);
      return;
    }
    if (Known(subject)) {
      for (std::size_t i = 0; i < command.parts.size(); ++i) {
        bool unsure = false;
        for (const Word& word : command.patterns[i]) {
          const auto pattern = Pattern(word);
          const auto matches = pattern ? Matches(*pattern, Join(subject)) : std::nullopt;
          if (!matches) {
            unsure = true;
          } else if (*matches) {
            Run(command.parts[i]);
            return;
          }
        }
        if (unsure) return AllCases(command, shown, i);
      }
      return;
    }
    AllCases(command, shown, 0);
  }
  void AllCases(const Command& command, const std::string& shown, std::size_t from) {
    std::vector<Branch> branches;
    bool complete = false;
    for (std::size_t i = from; i < command.parts.size(); ++i) {
      std::string patterns;
      for (const Word& word : command.patterns[i]) {
        const std::string text = Pattern(word).value_or("...");
        complete = complete || text == "*";
        patterns += (patterns.empty() ? "" : "|") + text;
      }
      branches.push_back({fmt::format("if `{}` is {}", shown, patterns), &command.parts[i]});
    }
    if (!complete) branches.push_back({fmt::format("if `{}` is none of them", shown), nullptr});
    RunBranches(branches, command.line);
  }

  /// For fnmatch: what is quoted stands for itself.
  std::optional<std::string> Pattern(const Word& word) {
    std::string pattern;
    for (const WordPart& part : word.parts) {
      if (part.kind == PartKind::kText) {
        pattern += part.quoted ? Escaped(part.text) : part.text;
        continue;
      }
      for (const Value& value : Expand(part, word.line)) {
        if (!Known(value)) return std::nullopt;
        pattern += part.quoted ? Escaped(Join(value)) : Join(value);
      }
    }
    return pattern;
  }

  void For(const Command& command) {
    if (!command.why.empty()) {  // for ((...))
      ForgetChanged(command.why, command.line);
      RunLoopOnce(command, command.parts.front());
      return;
    }
    std::vector<Value> values;
    if (command.in) {
      for (const Word& word : command.words) ExpandWords(word, values);
    } else {
      values = state_.arguments;
    }
    const bool known = std::all_of(values.begin(), values.end(), [](const Value& value) {
      const std::string text = Join(value);
      return Known(value) && text.find_first_of("*?") == std::string::npos;
    });
    if (!known) {
      Assign(command.name, {Undecided("$" + command.name, command.line)}, command.line);
      RunLoopOnce(command, command.parts.front());
      return;
    }
    for (const Value& value : values) {
      Step(command);
      Assign(command.name, value, command.line);
      Run(command.parts.front());
      if (state_.flow == Flow::kBreak || state_.flow == Flow::kContinue) {
        const bool stop = state_.flow == Flow::kBreak;
        state_.flow = Flow::kOn;
        if (stop) return;
      }
      if (state_.flow != Flow::kOn) return;
    }
  }

  void While(const Command& command) {
    const Truth truth = command.until ? Not(Run(command.parts[0])) : Run(command.parts[0]);
    if (truth == Truth::kNo) return;
    RunLoopOnce(command, command.parts[1]);
  }

  // A loop whose turns cannot be counted: whatever it changes is not known after it.
  void RunLoopOnce(const Command& command, const Command& body) {
    Charge(SizeOf(state_));
    const State before = state_;
    active_.push_back(
        Condition(fmt::format("in the loop `{}`", Shortened(command.text)), command.line));
    Run(body);
    active_.pop_back();
    State after = std::move(state_);
    state_ = before;
    for (auto& [name, variable] : after.variables) {
      const auto it = before.variables.find(name);
      if (it != before.variables.end() && Same(it->second, variable)) continue;
      variable.items = {{Undecided(fmt::format("${} after the loop", name), command.line)}};
      variable.array = false;
      variable.may_be_unset = variable.may_be_unset || !variable.is_set;
      variable.is_set = true;
      state_.variables[name] = variable;
    }
  }

  // ---- Tests

  Truth Test(const Command& command) {
    std::vector<const Word*> words;
    for (const Word& word : command.words) words.push_back(&word);
    std::size_t at = 0;
    int depth = 0;
    const Truth truth = TestOr(words, at, depth);
    return at == words.size() ? truth : Truth::kUnknown;
  }
  static bool IsPlain(const Word& word, std::string_view text) {
    return word.parts.size() == 1 && word.parts[0].kind == PartKind::kText &&
           !word.parts[0].quoted && word.parts[0].text == text;
  }
  static Truth And(Truth a, Truth b) {
    if (a == Truth::kNo || b == Truth::kNo) return Truth::kNo;
    return a == Truth::kYes && b == Truth::kYes ? Truth::kYes : Truth::kUnknown;
  }
  static Truth Or(Truth a, Truth b) { return Not(And(Not(a), Not(b))); }

  Truth TestOr(const std::vector<const Word*>& words, std::size_t& at, int& depth) {
    Truth truth = TestAnd(words, at, depth);
    while (at < words.size() && IsPlain(*words[at], "||")) {
      ++at;
      truth = Or(truth, TestAnd(words, at, depth));
    }
    return truth;
  }
  Truth TestAnd(const std::vector<const Word*>& words, std::size_t& at, int& depth) {
    Truth truth = TestOne(words, at, depth);
    while (at < words.size() && IsPlain(*words[at], "&&")) {
      ++at;
      truth = And(truth, TestOne(words, at, depth));
    }
    return truth;
  }
  Truth TestOne(const std::vector<const Word*>& words, std::size_t& at, int& depth) {
    if (at >= words.size() || ++depth > kMaxNesting) {
      at = words.size() + 1;
      return Truth::kUnknown;
    }
    if (IsPlain(*words[at], "!")) {
      ++at;
      return Not(TestOne(words, at, depth));
    }
    if (IsPlain(*words[at], "(")) {
      ++at;
      const Truth truth = TestOr(words, at, depth);
      if (at < words.size() && IsPlain(*words[at], ")")) ++at;
      return truth;
    }
    const auto is_end = [&](std::size_t i) {
      return i >= words.size() || IsPlain(*words[i], "&&") || IsPlain(*words[i], "||") ||
             IsPlain(*words[i], ")");
    };
    const std::size_t begin = at;
    while (!is_end(at)) ++at;
    const std::size_t count = at - begin;
    if (count == 1) return UnaryTest("-n", ExpandOne(*words[begin]));
    if (count == 2) return UnaryTest(Join(ExpandOne(*words[begin])), ExpandOne(*words[begin + 1]));
    if (count != 3) return Truth::kUnknown;
    const std::string op = Join(ExpandOne(*words[begin + 1]));
    const Value left = ExpandOne(*words[begin]);
    if (op == "==" || op == "=" || op == "!=") {
      const auto pattern = Pattern(*words[begin + 2]);
      if (!Known(left) || !pattern) return Truth::kUnknown;
      const auto matches = Matches(*pattern, Join(left));
      if (!matches) return Truth::kUnknown;
      return *matches == (op != "!=") ? Truth::kYes : Truth::kNo;
    }
    return BinaryTest(left, op, ExpandOne(*words[begin + 2]));
  }

  Truth UnaryTest(const std::string& op, const Value& value) {
    if (op == "-z" || op == "-n") {
      const bool wants = op == "-n";
      if (SurelyNotEmpty(value)) return wants ? Truth::kYes : Truth::kNo;
      if (!Known(value)) return Truth::kUnknown;
      return Join(value).empty() == wants ? Truth::kNo : Truth::kYes;
    }
    if (op == "-v" && Known(value)) {
      const Variable* variable = Find(Join(value));
      if (variable != nullptr && variable->may_be_unset) return Truth::kUnknown;
      return variable != nullptr ? Truth::kYes : Truth::kNo;
    }
    if (op == "!") return Not(UnaryTest("-n", value));
    return Truth::kUnknown;  // files
  }

  static Truth BinaryTest(const Value& left, const std::string& op, const Value& right) {
    if (!Known(left) || !Known(right)) return Truth::kUnknown;
    const std::string a = Join(left);
    const std::string b = Join(right);
    const auto answer = [](bool yes) { return yes ? Truth::kYes : Truth::kNo; };
    if (op == "=" || op == "==") return answer(a == b);
    if (op == "!=") return answer(a != b);
    const auto x = Integer(a);
    const auto y = Integer(b);
    if (!x || !y) return Truth::kUnknown;
    if (op == "-eq") return answer(*x == *y);
    if (op == "-ne") return answer(*x != *y);
    if (op == "-lt") return answer(*x < *y);
    if (op == "-le") return answer(*x <= *y);
    if (op == "-gt") return answer(*x > *y);
    if (op == "-ge") return answer(*x >= *y);
    return Truth::kUnknown;
  }

  // [ ... ] of words that are already split.
  Truth TestBuiltin(std::vector<Value> words) {
    const auto find = [&](std::string_view op) {
      for (std::size_t i = 1; i + 1 < words.size(); ++i) {
        if (Known(words[i]) && Join(words[i]) == op) return i;
      }
      return words.size();
    };
    for (const char* op : {"-o", "-a"}) {
      const std::size_t i = words.size() > 4 ? find(op) : words.size();
      if (i == words.size()) continue;
      const auto middle = words.begin() + static_cast<std::ptrdiff_t>(i);
      const Truth a = TestBuiltin({words.begin(), middle});
      const Truth b = TestBuiltin({middle + 1, words.end()});
      return op[1] == 'o' ? Or(a, b) : And(a, b);
    }
    if (words.size() > 1 && Join(words[0]) == "!") {
      return Not(TestBuiltin({words.begin() + 1, words.end()}));
    }
    // An undecided word that is not quoted may be any number of words.
    if (words.empty()) return Truth::kNo;
    if (words.size() == 1) return UnaryTest("-n", words[0]);
    if (words.size() == 2) return UnaryTest(Join(words[0]), words[1]);
    if (words.size() == 3) return BinaryTest(words[0], Join(words[1]), words[2]);
    return Truth::kUnknown;
  }

  Truth ArithmeticCommand(const std::string& text, int line) {
    if (const auto value = Arithmetic(text)) return *value != 0 ? Truth::kYes : Truth::kNo;
    ForgetChanged(text, line);
    return Truth::kUnknown;
  }

  void ForgetChanged(const std::string& text, int line) {
    // x=, x+=, x++: the one that is changed is not known any more.
    for (std::size_t i = 0; i < text.size();) {
      if (std::isalpha(static_cast<unsigned char>(text[i])) == 0 && text[i] != '_') {
        ++i;
        continue;
      }
      std::size_t end = i;
      while (end < text.size() &&
             (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_')) {
        ++end;
      }
      const std::size_t next = text.find_first_not_of(' ', end);
      const std::string_view rest =
          next == std::string::npos ? "" : std::string_view(text).substr(next);
      const std::string_view before = std::string_view(text).substr(0, i);
      const bool assigns = before.ends_with("++") || before.ends_with("--") ||
                           (rest.starts_with('=') && !rest.starts_with("==")) ||
                           rest.starts_with("++") || rest.starts_with("--") ||
                           (rest.size() > 1 && rest[1] == '=' &&
                            std::string_view("+-*/%").find(rest[0]) != std::string_view::npos);
      if (assigns) Assign(text.substr(i, end - i), {Undecided("((" + text + "))", line)}, line);
      i = end;
    }
  }

  // ---- Assignments

  void Assign(const std::string& name, Value value, int line) {
    Variable& variable = state_.variables[name];
    if (!variable.is_set && !variable.exported) variable.export_condition = -1;
    variable.is_set = true;
    variable.may_be_unset = false;
    variable.array = false;
    variable.items = {std::move(value)};
    variable.line = line;
    if (export_all_) variable.export_condition = -1;
    variable.exported = variable.exported || export_all_;
    if (variable.exported) Exported(name, line);
  }

  void Run(const Assignment& assignment) {
    const int line = assignment.line;
    if (assignment.array) {
      std::vector<Value> items;
      for (const Word& word : assignment.elements) ExpandWords(word, items);
      Variable& variable = state_.variables[assignment.name];
      if (!assignment.append || !variable.is_set) variable.items.clear();
      variable.is_set = true;
      variable.may_be_unset = variable.may_be_unset && assignment.append;
      variable.array = true;
      variable.line = line;
      variable.items.insert(variable.items.end(), items.begin(), items.end());
      return;
    }
    Value value = ExpandOne(assignment.value);
    if (!assignment.index.empty()) {
      Variable& variable = state_.variables[assignment.name];
      const auto index = Arithmetic(assignment.index);
      variable.array = true;
      variable.is_set = true;
      if (index && *index >= 0 && *index < static_cast<std::int64_t>(variable.items.size())) {
        variable.items[static_cast<std::size_t>(*index)] = std::move(value);
      } else if (index && *index == static_cast<std::int64_t>(variable.items.size())) {
        variable.items.push_back(std::move(value));
      } else {
        variable.items = {{Undecided("$" + assignment.name, line)}};
      }
      return;
    }
    Variable* old = Find(assignment.name);
    if (assignment.append && old != nullptr && !old->items.empty()) {
      Value joined = old->items.front();
      Charge(joined.size() * sizeof(Piece));
      Append(joined, value);
      if (old->array) {
        old->items.front() = std::move(joined);
        return;
      }
      value = std::move(joined);
    } else if (assignment.append && old == nullptr && IsAmbient(assignment.name)) {
      value.insert(value.begin(), Undecided("$" + assignment.name, line));
    }
    Assign(assignment.name, std::move(value), line);
  }

  void Export(const std::string& name, int line) {
    const auto [it, added] = state_.variables.try_emplace(name);
    Variable& variable = it->second;
    if (added) variable.is_set = false;  // exported once it is assigned
    variable.exported = true;
    variable.export_condition = -1;
    if (variable.is_set) Exported(name, line);
  }
  void Exported(const std::string& name, int line) {
    if (quiet_ || result_.commands.empty()) return;
    if (result_.late_exports.size() >= kMaxReported) return;
    const auto same = [&](const LateExport& late) {
      return late.name == name && late.line == line;
    };
    auto& all = result_.late_exports;
    if (std::none_of(all.begin(), all.end(), same)) {
      all.push_back({name, line, result_.commands.size()});
    }
  }
  void Unset(const std::string& name) {
    Variable& variable = state_.variables[name];
    variable = {};
    variable.is_set = false;
    unset_.insert(name);
  }

  // ---- Simple commands

  Truth Simple(const Command& command) {
    std::vector<Value> words;
    for (const Word& word : command.words) ExpandWords(word, words);
    if (words.empty()) {
      bool commands = false;  // then theirs is the answer
      for (const Assignment& assignment : command.assignments) {
        for (const WordPart& part : assignment.value.parts) {
          commands = commands || part.kind == PartKind::kCommand;
        }
        Run(assignment);
      }
      return commands ? Truth::kUnknown : Truth::kYes;
    }
    const std::string name = Known(words[0]) ? Join(words[0]) : "";
    if (name == "export" || name == "declare" || name == "local" || name == "readonly" ||
        name == "typeset") {
      Declare(command, name, words);
      return Truth::kYes;
    }
    if (const auto truth = Builtin(command, name, words)) return *truth;
    const auto function = functions_.find(name);
    if (function != functions_.end()) return Call(*function->second, words, command);
    External(command, words);
    const bool harmless = name == "echo" || name == "printf" || name == "mkdir" || name == "cd";
    return harmless ? Truth::kYes : Truth::kUnknown;
  }

  void Declare(const Command& command, const std::string& name, const std::vector<Value>& words) {
    bool exports = name == "export";
    bool removes = false;
    bool local = !locals_.empty() && (name == "local" || name == "declare" || name == "typeset");
    std::vector<std::string> names;
    for (std::size_t i = 1; i < words.size(); ++i) {
      const std::string word = Join(words[i]);
      if (word.starts_with('-')) {
        local = local && word.find('g') == std::string::npos;
        exports = exports || (name != "local" && word.find('x') != std::string::npos);
        removes = removes || (name == "export" && word == "-n");
        continue;
      }
      const std::size_t equals = word.find('=');
      if (local) Local(word.substr(0, equals), equals == std::string::npos);
      if (equals == std::string::npos) {
        names.push_back(word);
      } else {
        // export "$name=$value": after expansion.
        const std::string variable = word.substr(0, equals);
        Assign(variable,
               {Known(words[i]) ? Text(word.substr(equals + 1), command.line)
                                : Undecided(word.substr(equals + 1), command.line)},
               command.line);
        names.push_back(variable);
      }
    }
    for (const Assignment& assignment : command.assignments) {
      if (local) Local(assignment.name, /*unset=*/false);
      Run(assignment);
      names.push_back(assignment.name);
    }
    for (const std::string& one : names) {
      if (removes) {
        if (Variable* variable = Find(one)) variable->exported = false;
      } else if (exports) {
        Export(one, command.line);
      }
    }
  }

  /// Until the function ends |name| is another variable.
  void Local(const std::string& name, bool unset) {
    const auto it = state_.variables.find(name);
    Variable outer;
    outer.is_set = false;
    if (it != state_.variables.end()) outer = it->second;
    const bool first = locals_.back().emplace(name, std::move(outer)).second;
    if (first && unset) {
      Variable none;
      none.is_set = false;
      state_.variables[name] = std::move(none);
    }
  }

  std::optional<Truth> Builtin(const Command& command, const std::string& name,
                               const std::vector<Value>& words) {
    const int line = command.line;
    if (name == "[" || name == "test") {
      std::vector<Value> inner(words.begin() + 1, words.end());
      if (name == "[" && !inner.empty()) inner.pop_back();
      return TestBuiltin(std::move(inner));
    }
    if (name == ":" || name == "true" || name == "trap" || name == "wait") return Truth::kYes;
    if (name == "false") return Truth::kNo;
    if (name == "eval" || name == "source" || name == ".") {
      Report(line, command.text,
             name == "eval" ? "eval is not read: it runs text as a command"
                            : "another file is not read");
      return Truth::kUnknown;
    }
    if (name == "unset") {
      for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string word = Join(words[i]);
        if (!word.starts_with('-')) Unset(word);
      }
      return Truth::kYes;
    }
    if (name == "set") {
      for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string word = Join(words[i]);
        if (word == "-a") export_all_ = true;
        if (word == "+a") export_all_ = false;
        if (word != "--") continue;
        state_.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
        break;
      }
      return Truth::kYes;
    }
    if (name == "shift") {
      const auto count = words.size() > 1 ? Integer(Join(words[1])).value_or(1) : 1;
      for (std::int64_t i = 0; i < count && !state_.arguments.empty(); ++i) {
        state_.arguments.erase(state_.arguments.begin());
      }
      return Truth::kYes;
    }
    if (name == "read" || name == "mapfile" || name == "readarray" || name == "getopts") {
      for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string word = Join(words[i]);
        const bool is_name =
            !word.empty() &&
            (std::isalpha(static_cast<unsigned char>(word[0])) != 0 || word[0] == '_');
        if (is_name) Assign(word, {Undecided("read " + word, line)}, line);
      }
      return Truth::kUnknown;
    }
    if (name == "printf" && words.size() > 2 && Join(words[1]) == "-v") {
      Assign(Join(words[2]), {Undecided(command.text, line)}, line);
      return Truth::kYes;
    }
    if (name == "let") {
      for (std::size_t i = 1; i < words.size(); ++i) ArithmeticCommand(Join(words[i]), line);
      return Truth::kUnknown;
    }
    if (name == "exit" || name == "return" || name == "break" || name == "continue") {
      state_.flow = name == "exit"     ? Flow::kExit
                    : name == "return" ? Flow::kReturn
                    : name == "break"  ? Flow::kBreak
                                       : Flow::kContinue;
      return Truth::kUnknown;
    }
    return std::nullopt;
  }

  Truth Call(const Command& body, std::vector<Value> words, const Command& command) {
    if (calls_ >= kMaxCalls) {
      Report(command.line, command.text, "functions call each other too deeply");
      return Truth::kUnknown;
    }
    ++calls_;
    std::vector<Value> outer = std::move(state_.arguments);
    state_.arguments.assign(words.begin() + 1, words.end());
    locals_.emplace_back();
    Prefixed prefixed(*this, command);
    const Truth truth = Run(body);
    prefixed.Restore();
    for (auto& [name, variable] : locals_.back()) state_.variables[name] = variable;
    locals_.pop_back();
    state_.arguments = std::move(outer);
    if (state_.flow == Flow::kReturn) state_.flow = Flow::kOn;
    --calls_;
    return truth;
  }

  /// NAME=value before a command: for that command alone.
  class Prefixed {
   public:
    Prefixed(Interpreter& interpreter, const Command& command) : interpreter_(interpreter) {
      for (const Assignment& assignment : command.assignments) {
        saved_.emplace_back(assignment.name, interpreter.state_.variables[assignment.name]);
        if (interpreter.Find(assignment.name) == nullptr) {
          interpreter.state_.variables[assignment.name].is_set = false;
        }
        interpreter.quiet_ = true;
        interpreter.Run(assignment);
        interpreter.quiet_ = false;
        interpreter.state_.variables[assignment.name].exported = true;
      }
    }
    void Restore() {
      for (auto it = saved_.rbegin(); it != saved_.rend(); ++it) {
        Variable& variable = interpreter_.state_.variables[it->first];
        variable = it->second;
        if (variable.items.empty() && !variable.array && variable.line == 0)
          variable.is_set = false;
      }
    }

   private:
    Interpreter& interpreter_;
    std::vector<std::pair<std::string, Variable>> saved_;
  };

  ReadWord Finished(const Value& value, int line) {
    ReadWord word;
    word.text = Join(value);
    word.line = line;
    for (const Piece& piece : value) {
      word.known = word.known && piece.known;
      if (piece.line > 0) word.line = piece.line;
    }
    word.open = value.size() == 1 && value.front().open;
    // Under one condition as a whole, or partly and then not decided.
    if (!value.empty()) {
      const int condition = value.front().condition;
      const bool whole = std::all_of(value.begin(), value.end(), [&](const Piece& piece) {
        return piece.condition == condition;
      });
      if (!whole) word.known = false;
      for (const Piece& piece : value) {
        if (piece.condition < 0) continue;
        word.condition = conditions_[static_cast<std::size_t>(piece.condition)];
        break;
      }
    }
    return word;
  }

  static bool MayStartPython(const std::vector<Value>& words) {
    for (std::size_t i = 1; i + 1 < words.size(); ++i) {
      if (Join(words[i]) == "-m" && BaseName(Join(words[i - 1])).starts_with("python")) return true;
    }
    for (const Value& value : words) {
      if (value.empty() || !value.back().known) continue;
      const std::string& text = value.back().text;
      if (text.ends_with(".py") || text.ends_with("torchrun") ||
          text.starts_with("torch.distributed.")) {
        return true;
      }
    }
    return false;
  }

  void External(const Command& command, std::vector<Value>& words) {
    const std::string name = Known(words[0]) ? Join(words[0]) : "";
    const bool shell = name == "bash" || name == "sh" || name.ends_with("/bash");
    if (shell && words.size() > 1) {
      Report(command.line, command.text, "another script is not read");
    }
    if (name == "exec" && words.size() > 1) {
      words.erase(words.begin());
      External(command, words);
      state_.flow = Flow::kExit;
      return;
    }
    constexpr std::size_t kMostCommands = 256;
    if (!MayStartPython(words)) return;
    if (result_.commands.size() >= kMostCommands) {
      if (!dropped_) {
        Report(command.line, command.text,
               fmt::format("it and what follows: more than {} commands", kMostCommands));
      }
      dropped_ = true;
      return;
    }
    Prefixed prefixed(*this, command);
    ReadCommand read;
    read.line = command.line;
    read.condition = Conditions();
    for (const Value& value : words) read.words.push_back(Finished(value, command.line));
    for (const auto& [variable_name, variable] : state_.variables) {
      if (!variable.exported || !variable.is_set || variable.items.empty()) continue;
      Charge(variable_name.size() + sizeof(ReadWord));
      ReadWord& word = read.environment[variable_name];
      word = Finished(variable.items.front(), variable.line);
      if (variable.export_condition >= 0 && word.condition.empty()) {
        word.condition = conditions_[static_cast<std::size_t>(variable.export_condition)];
      }
    }
    prefixed.Restore();
    result_.commands.push_back(std::move(read));
  }

  ReadScript result_;
  State state_;
  std::map<std::string, const Command*> functions_;
  std::vector<std::map<std::string, Variable>> locals_;
  std::vector<std::string> conditions_;
  std::vector<int> active_;
  std::set<std::pair<int, std::string>> reported_;
  std::set<std::string> assumed_;
  std::set<std::string> unset_;
  std::set<int> seen_here_;
  std::size_t work_ = 0;
  std::size_t steps_ = 0;
  int calls_ = 0;
  int line_ = 0;
  bool export_all_ = false;
  bool quiet_ = false;
  bool dropped_ = false;
};

}  // namespace

ReadScript ReadShell(std::string_view text, const std::map<std::string, std::string>& outside,
                     int first_line) {
  return Interpreter(outside).Read(text, first_line);
}

}  // namespace nam56r::script
