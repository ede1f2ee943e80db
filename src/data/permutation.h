#pragma once

#include <cstdint>

namespace nam56r::data {

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014):
/// the same numbers on every platform, which the standard library's distributions do not promise.
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next();
  /// Uniform in [0, bound), |bound| > 0.
  std::uint64_t Below(std::uint64_t bound);

 private:
  std::uint64_t state_;
};

/// A bijection of [0, size) chosen by a key, computed point by point without any table: a balanced
/// Feistel network over the next even power of two, walked along its cycle until it falls inside
/// (Black and Rogaway: Ciphers with Arbitrary Finite Domains, CT-RSA 2002).
class Permutation {
 public:
  /// |size| > 0.
  Permutation(std::int64_t size, std::uint64_t key);
  /// |position| in [0, size).
  std::int64_t operator()(std::int64_t position) const;

 private:
  static constexpr int kRounds = 8;
  std::uint64_t Encrypt(std::uint64_t block) const;

  std::uint64_t size_;
  int half_bits_;
  std::uint64_t round_keys_[kRounds];
};

}  // namespace nam56r::data
