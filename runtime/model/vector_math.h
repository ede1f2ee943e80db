#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace nam56r::runtime {

/// tanh without a branch or a call, so that a loop over it becomes vector code; to within a few
/// units in the last place, NaN for NaN.
///
/// tanh(x) = -e / (2 + e) with e = expm1(-2|x|) has no cancellation. expm1(y): y = n ln 2 + r,
/// |r| <= ln(2)/2, then 2^n expm1(r) + (2^n - 1) with the Taylor series of expm1.
template <typename T>
[[gnu::always_inline]] inline T VectorTanh(T x) {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);
  constexpr bool kSingle = std::is_same_v<T, float>;
  using Bits = std::conditional_t<kSingle, std::uint32_t, std::uint64_t>;
  constexpr int kMantissa = std::numeric_limits<T>::digits - 1;
  constexpr Bits kBias = std::numeric_limits<T>::max_exponent - 1;
  // Adding 1.5 * 2^mantissa rounds to an integer and leaves it in the low bits.
  constexpr T kRound = static_cast<T>(Bits{3} << (kMantissa - 1));
  // The high part of ln 2 has enough trailing zeros for n * high to be exact.
  constexpr T kHigh = kSingle ? T(0.693145751953125) : T(6.93147180369123816490e-01);
  constexpr T kLow = kSingle ? T(1.42860682030941723212e-06) : T(1.90821492927058770002e-10);
  constexpr T kLog2E = T(1.44269504088896340736);
  constexpr int kTerms = kSingle ? 7 : 14;
  constexpr T kSaturated = T(20);  // tanh(20) rounds to 1 in both types

  const T magnitude = std::fabs(x);
  const T y = T(-2) * (kSaturated < magnitude ? kSaturated : magnitude);
  const T shifted = y * kLog2E + kRound;
  const T n = shifted - kRound;
  const T r = (y - n * kHigh) - n * kLow;
  T series = T(1);  // 1 + r/2 (1 + r/3 (1 + ...))
#pragma GCC unroll 16
  for (int i = kTerms; i >= 2; --i) series = T(1) + series * r * (T(1) / static_cast<T>(i));
  const T power = std::bit_cast<T>((std::bit_cast<Bits>(shifted) + kBias) << kMantissa);
  const T e = power * (series * r) + (power - T(1));
  return std::copysign(-e / (T(2) + e), x);
}

}  // namespace nam56r::runtime
