// The expressions that arguments.py:_eval_pattern hands to Python's eval().
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "src/dialect/argument_values.h"

namespace nam56r::dialect {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostElements = std::size_t{1} << 16;
constexpr int kDeepest = 50;

struct List {
  std::vector<std::int64_t> items;
  bool tuple = false;
};
using Term = std::variant<std::int64_t, List>;

// Recursive descent over Python's grammar, as far as ",0123456789[]()+*" can spell it. Lists of
// lists, calls and subscripts are not layers of anything: they do not evaluate here.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<Term> All() {
    std::optional<Term> term = Tuple(true);
    return term && text_.empty() ? std::move(term) : std::nullopt;
  }

 private:
  bool Take(std::string_view token) {
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }

  // "1,2" or "1,": a tuple; without a comma, what stands there.
  std::optional<Term> Tuple(bool top) {
    std::optional<Term> first = Sum();
    if (!first || !text_.starts_with(',')) return first;
    List list;
    list.tuple = true;
    if (!Add(list, *first)) return std::nullopt;
    while (Take(",")) {
      if (text_.empty() || (!top && text_.starts_with(')'))) break;
      const std::optional<Term> next = Sum();
      if (!next || !Add(list, *next)) return std::nullopt;
    }
    return list;
  }

  std::optional<Term> Sum() {
    std::optional<Term> left = Product();
    while (left && text_.starts_with('+')) {
      Take("+");
      const std::optional<Term> right = Product();
      if (!right) return std::nullopt;
      left = Plus(std::move(*left), *right);
    }
    return left;
  }

  std::optional<Term> Product() {
    std::optional<Term> left = Signed();
    while (left && text_.starts_with('*') && !text_.starts_with("**")) {
      Take("*");
      const std::optional<Term> right = Signed();
      if (!right) return std::nullopt;
      left = Times(*left, *right);
    }
    return left;
  }

  std::optional<Term> Signed() {
    if (++depth_ > kDeepest) return std::nullopt;
    std::optional<Term> term;
    if (Take("+")) {
      term = Signed();
      if (term && !std::holds_alternative<std::int64_t>(*term)) term.reset();
    } else {
      term = Power();
    }
    --depth_;
    return term;
  }

  std::optional<Term> Power() {
    std::optional<Term> base = Atom();
    if (!base || !Take("**")) return base;
    const std::optional<Term> exponent = Signed();
    if (!exponent) return std::nullopt;
    const auto* b = std::get_if<std::int64_t>(&*base);
    const auto* e = std::get_if<std::int64_t>(&*exponent);
    if (b == nullptr || e == nullptr) return std::nullopt;
    std::int64_t value = 1;
    for (std::int64_t i = 0; i<*e&& * b> 1; ++i) {
      if (__builtin_mul_overflow(value, *b, &value)) return std::nullopt;
    }
    return Term(*e > 0 && *b < 2 ? *b : value);
  }

  std::optional<Term> Atom() {
    if (++depth_ > kDeepest) return std::nullopt;
    std::optional<Term> term;
    if (Take("(")) {
      const bool closed = Take(")");
      term = closed ? Term(List{{}, true}) : Tuple(false);
      if (term && !closed && !Take(")")) term.reset();
    } else if (Take("[")) {
      term = Items();
    } else {
      term = Number();
    }
    --depth_;
    // "[1][0]", "2(3)": subscripts and calls.
    if (text_.starts_with('[') || text_.starts_with('(')) return std::nullopt;
    return term;
  }

  std::optional<Term> Items() {
    List list;
    while (!Take("]")) {
      const std::optional<Term> item = Sum();
      if (!item || !Add(list, *item)) return std::nullopt;
      if (!Take(",") && !text_.starts_with(']')) return std::nullopt;
    }
    return list;
  }

  std::optional<Term> Number() {
    std::int64_t value = 0;
    const char* end = text_.data() + text_.size();
    const auto [stop, error] = std::from_chars(text_.data(), end, value);
    const std::size_t digits = static_cast<std::size_t>(stop - text_.data());
    if (error != std::errc() || digits == 0 || text_.front() == '-') return std::nullopt;
    // Python takes "00" for a number, and not "01".
    if (value != 0 && text_.front() == '0') return std::nullopt;
    text_.remove_prefix(digits);
    return value;
  }

  static bool Add(List& list, const Term& item) {
    const auto* number = std::get_if<std::int64_t>(&item);
    if (number == nullptr || list.items.size() >= kMostElements) return false;
    list.items.push_back(*number);
    return true;
  }

  static std::optional<Term> Plus(Term left, const Term& right) {
    if (left.index() != right.index()) return std::nullopt;
    if (auto* list = std::get_if<List>(&left)) {
      const List& more = std::get<List>(right);
      if (list->tuple != more.tuple || list->items.size() + more.items.size() > kMostElements) {
        return std::nullopt;
      }
      list->items.insert(list->items.end(), more.items.begin(), more.items.end());
      return left;
    }
    std::int64_t sum = 0;
    if (__builtin_add_overflow(std::get<0>(left), std::get<0>(right), &sum)) return std::nullopt;
    return sum;
  }

  static std::optional<Term> Times(const Term& left, const Term& right) {
    const auto* list = std::get_if<List>(&left);
    const auto* times = std::get_if<std::int64_t>(&right);
    if (list == nullptr) {
      list = std::get_if<List>(&right);
      times = std::get_if<std::int64_t>(&left);
    }
    if (times == nullptr) return std::nullopt;
    if (list == nullptr) {
      std::int64_t product = 0;
      if (__builtin_mul_overflow(std::get<0>(left), std::get<0>(right), &product)) {
        return std::nullopt;
      }
      return product;
    }
    List repeated;
    repeated.tuple = list->tuple;
    if (list->items.empty() || *times == 0) return repeated;
    if (*times > static_cast<std::int64_t>(kMostElements / list->items.size())) {
      return std::nullopt;
    }
    for (std::int64_t i = 0; i < *times; ++i) {
      repeated.items.insert(repeated.items.end(), list->items.begin(), list->items.end());
    }
    return repeated;
  }

  std::string_view text_;
  int depth_ = 0;
};

}  // namespace

std::optional<Json> EvaluatePattern(std::string_view text) {
  const std::optional<Term> term = Reader(text).All();
  if (!term) return std::nullopt;
  if (const auto* number = std::get_if<std::int64_t>(&*term)) return Json(*number);
  return Json(std::get<List>(*term).items);
}

}  // namespace nam56r::dialect
