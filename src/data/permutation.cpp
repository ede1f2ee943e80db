#include "src/data/permutation.h"

#include <bit>
#include <stdexcept>

namespace nam56r::data {
namespace {

// The finaliser of SplitMix64.
std::uint64_t Mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

}  // namespace

std::uint64_t SplitMix64::Next() {
  state_ += 0x9e3779b97f4a7c15u;
  return Mix(state_);
}

std::uint64_t SplitMix64::Below(std::uint64_t bound) {
  if (bound == 0) throw std::logic_error("a random number below zero");
  // The first 2^64 mod |bound| values would favour small results.
  const std::uint64_t least = (0 - bound) % bound;
  for (;;) {
    const std::uint64_t value = Next();
    if (value >= least) return value % bound;
  }
}

Permutation::Permutation(std::int64_t size, std::uint64_t key)
    : size_(static_cast<std::uint64_t>(size)) {
  if (size <= 0) throw std::logic_error("a permutation of nothing");
  const int bits = std::bit_width(size_ - 1);
  half_bits_ = bits < 2 ? 1 : (bits + 1) / 2;
  SplitMix64 keys(key);
  for (std::uint64_t& round_key : round_keys_) round_key = keys.Next();
}

std::uint64_t Permutation::Encrypt(std::uint64_t block) const {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  std::uint64_t left = block >> half_bits_;
  std::uint64_t right = block & mask;
  for (const std::uint64_t key : round_keys_) {
    const std::uint64_t next = left ^ (Mix(right ^ key) & mask);
    left = right;
    right = next;
  }
  return (left << half_bits_) | right;
}

std::int64_t Permutation::operator()(std::int64_t position) const {
  std::uint64_t block = static_cast<std::uint64_t>(position);
  if (position < 0 || block >= size_) {
    throw std::logic_error("a position outside of the permutation");
  }
  // At most a quarter of the blocks lies inside in the worst case: four steps on average.
  do {
    block = Encrypt(block);
  } while (block >= size_);
  return static_cast<std::int64_t>(block);
}

}  // namespace nam56r::data
