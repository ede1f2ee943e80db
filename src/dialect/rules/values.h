#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

/// Valid sets, computed from a command line. Sizes come from anybody: none of these loops or grows
/// with them without a bound.
namespace nam56r::dialect::rules {

using Values = std::vector<std::string>;

/// a * b; the largest number where that does not fit.
inline std::int64_t Product(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::int64_t>::max()
                                                : product;
}

/// Whether |d| divides |n|; nothing is divided by 0 and less.
inline bool Divides(std::int64_t d, std::int64_t n) { return d > 0 && n % d == 0; }

/// Divisors of |n| that are multiples of |of|, ascending; in words where there are too many.
inline Values DivisorsOf(std::int64_t n, std::int64_t of = 1) {
  constexpr std::int64_t kLargest = 1 << 16;
  if (n <= 0 || n > kLargest || of <= 0) return {"divisors of " + std::to_string(n)};
  Values values;
  for (std::int64_t d = of; d <= n; d += of) {
    if (n % d == 0) values.push_back(std::to_string(d));
  }
  if (values.empty()) return {"none: " + std::to_string(n) + " has no divisor of that kind"};
  return values;
}

/// The multiples of |step| next to |n|.
inline Values MultiplesNear(std::int64_t n, std::int64_t step) {
  constexpr std::int64_t kLargest = std::int64_t{1} << 40;
  if (step <= 0 || step > kLargest || n > kLargest) {
    return {"multiples of " + std::to_string(step)};
  }
  const std::int64_t below = n > 0 ? n / step * step : 0;
  Values values;
  if (below > 0) values.push_back(std::to_string(below));
  if (below != n || n <= 0) values.push_back(std::to_string(below + step));
  return values;
}

inline Values Range(std::int64_t from, std::int64_t to) {
  if (from > to) return {"none"};
  if (from == to) return {std::to_string(from)};
  return {std::to_string(from) + " to " + std::to_string(to)};
}
inline Values AtLeast(std::int64_t from) { return {std::to_string(from) + " and more"}; }

}  // namespace nam56r::dialect::rules
