#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/dialect/dest.h"
#include "src/dialect/release.h"

namespace nam56r::dialect {

/// Names to numbers from 0, by their hashes: open addressing at a load of at most a half.
class NameTable {
 public:
  static constexpr std::size_t kNone = ~std::size_t{0};

  /// A name that stands there twice keeps its first number. Two names with one hash are a
  /// std::logic_error: the tables of a release are fixed, so that it would show at once.
  explicit NameTable(std::span<const Release::Named> names);

  std::size_t Find(std::uint64_t hash) const {
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
      const std::uint16_t number = slots_[at];
      if (number == kEmpty) return kNone;
      if (hashes_[number] == hash) return number;
    }
  }

 private:
  static constexpr std::uint16_t kEmpty = 0xffff;

  std::size_t mask_;
  std::vector<std::uint16_t> slots_;
  std::vector<std::uint64_t> hashes_;
};

/// What reading command lines needs of a release, made once: places and flags by number, defaults
/// as values.
class SurfaceIndex {
 public:
  static constexpr std::size_t kNone = NameTable::kNone;

  explicit SurfaceIndex(const Release& release);

  /// Of |release|, built when it is first asked for.
  static const SurfaceIndex& Of(const Release& release);

  std::size_t dests() const { return by_dest_.size(); }
  std::size_t FindDest(Dest dest) const { return dest_table_.Find(dest.hash()); }
  /// Number of the spelling |flag|, an index of Release::by_flag.
  std::size_t FindFlag(std::string_view flag) const;

  /// Every spelling, by number.
  const std::vector<std::string>& Spellings() const { return spellings_; }

  const Argument& ArgumentOf(std::size_t dest) const { return *by_dest_[dest].argument; }
  std::string_view Spelling(std::size_t flag) const { return by_flag_[flag].name; }
  const Argument& ArgumentOfFlag(std::size_t flag) const { return *by_flag_[flag].argument; }
  std::size_t DestOfFlag(std::size_t flag) const { return dest_of_flag_[flag]; }
  const nlohmann::json& Default(std::size_t dest) const { return defaults_[dest]; }
  /// Whether it counts samples or tokens, or is a seed: what may be large.
  bool IsCount(std::size_t dest) const;

 private:
  std::span<const Release::Named> by_dest_;
  std::span<const Release::Named> by_flag_;
  NameTable dest_table_;
  NameTable flag_table_;
  std::vector<std::uint16_t> dest_of_flag_;
  std::vector<nlohmann::json> defaults_;
  std::vector<std::string> spellings_;
};

}  // namespace nam56r::dialect
