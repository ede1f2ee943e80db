#include "src/script/arithmetic.h"

#include <cctype>
#include <utility>

#include "src/script/text.h"

namespace nam56r::script {
namespace {

using Number = std::optional<std::int64_t>;

constexpr int kMaxDepth = 64;

class Evaluator {
 public:
  Evaluator(std::string_view text,
            const std::function<std::optional<std::string>(const std::string&)>& lookup)
      : text_(text), lookup_(lookup) {}

  Number Run() {
    Number value = Choice();
    Skip();
    return at_ == text_.size() ? value : std::nullopt;
  }

 private:
  static constexpr int kLevels = 6;

  void Skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  bool Take(std::string_view op) {
    Skip();
    if (!text_.substr(at_).starts_with(op)) return false;
    at_ += op.size();
    return true;
  }

  Number Choice() {
    if (++depth_ > kMaxDepth) return std::nullopt;
    Number value = Binary(0);
    if (value && Take("?")) {
      const Number yes = Choice();
      if (!yes || !Take(":")) return std::nullopt;
      const Number no = Choice();
      if (!no) return std::nullopt;
      value = *value != 0 ? yes : no;
    }
    --depth_;
    return value;
  }

  // Operators of one level, the longer spelling first.
  std::string_view Operator(int level) {
    static constexpr std::string_view kOperators[kLevels][4] = {
        {"||", "", "", ""},     {"&&", "", "", ""}, {"==", "!=", "", ""},
        {"<=", ">=", "<", ">"}, {"+", "-", "", ""}, {"*", "/", "%", ""}};
    Skip();
    for (std::string_view op : kOperators[level]) {
      if (op.empty() || !text_.substr(at_).starts_with(op)) continue;
      const std::string_view rest = text_.substr(at_ + op.size());
      const bool assigns = rest.starts_with("=") && op != "==" && op != "!=" && op.size() == 1;
      if (assigns || (op.size() == 1 && rest.starts_with(op))) return "";  // += ++ << **
      at_ += op.size();
      return op;
    }
    return "";
  }

  Number Binary(int level) {
    if (level == kLevels) return Unary();
    Number left = Binary(level + 1);
    while (left) {
      const std::string_view op = Operator(level);
      if (op.empty()) break;
      const Number right = Binary(level + 1);
      if (!right) return std::nullopt;
      left = Apply(op, *left, *right);
    }
    return left;
  }

  static Number Apply(std::string_view op, std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    if (op == "+") return __builtin_add_overflow(a, b, &result) ? Number() : result;
    if (op == "-") return __builtin_sub_overflow(a, b, &result) ? Number() : result;
    if (op == "*") return __builtin_mul_overflow(a, b, &result) ? Number() : result;
    if (op == "/" || op == "%") {
      if (b == 0 || b == -1) return b == -1 && op == "%" ? Number(0) : Number();
      return op == "/" ? a / b : a % b;
    }
    if (op == "==") return a == b ? 1 : 0;
    if (op == "!=") return a != b ? 1 : 0;
    if (op == "<=") return a <= b ? 1 : 0;
    if (op == ">=") return a >= b ? 1 : 0;
    if (op == "<") return a < b ? 1 : 0;
    if (op == ">") return a > b ? 1 : 0;
    if (op == "&&") return a != 0 && b != 0 ? 1 : 0;
    return a != 0 || b != 0 ? 1 : 0;
  }

  Number Unary() {
    if (++depth_ > kMaxDepth) return std::nullopt;
    Number value;
    Skip();
    for (std::string_view steps : {"++", "--"}) {
      if (text_.substr(at_).starts_with(steps)) return std::nullopt;  // changes its operand
    }
    if (Take("!")) {
      value = Unary();
      if (value) value = *value == 0 ? 1 : 0;
    } else if (Take("-")) {
      value = Unary();
      if (value) value = Apply("-", 0, *value);
    } else if (Take("+")) {
      value = Unary();
    } else if (Take("(")) {
      value = Choice();
      if (!Take(")")) return std::nullopt;
    } else {
      value = Primary();
    }
    --depth_;
    return value;
  }

  Number Primary() {
    Skip();
    const bool braces = text_.substr(at_).starts_with("${");
    if (braces) {
      at_ += 2;
    } else if (at_ < text_.size() && text_[at_] == '$') {
      ++at_;
    }
    const std::size_t begin = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_')) {
      ++at_;
    }
    const std::string word(text_.substr(begin, at_ - begin));
    if (braces && !Take("}")) return std::nullopt;
    if (word.empty()) return std::nullopt;
    if (std::isdigit(static_cast<unsigned char>(word.front())) != 0) {
      return Decimal(word);
    }
    const auto value = lookup_(word);
    if (!value) return std::nullopt;
    return value->empty() ? Number(0) : Decimal(*value);
  }
  // With a zero in front it is octal.
  static Number Decimal(std::string_view word) {
    while (!word.empty() && std::isspace(static_cast<unsigned char>(word.front())) != 0) {
      word.remove_prefix(1);
    }
    while (!word.empty() && std::isspace(static_cast<unsigned char>(word.back())) != 0) {
      word.remove_suffix(1);
    }
    if (word.size() > 1 && (word.starts_with('0') || word.starts_with("-0"))) return std::nullopt;
    return Integer(word);
  }

  std::string_view text_;
  const std::function<std::optional<std::string>(const std::string&)>& lookup_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

std::optional<std::int64_t> EvaluateArithmetic(
    std::string_view text,
    const std::function<std::optional<std::string>(const std::string&)>& lookup) {
  return Evaluator(text, lookup).Run();
}

}  // namespace nam56r::script
