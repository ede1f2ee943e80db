#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nam56r::launch::why {

/// Finds many strings in a text at once: the automaton of Aho and Corasick ("Efficient string
/// matching", 1975) as a table, one step a byte whatever the text. Upper case letters of a text
/// count as lower case.
class AtomFinder {
 public:
  explicit AtomFinder(const std::vector<std::string>& atoms);

  /// The numbers of the atoms that are in |text|, each once, in no order.
  void Find(std::string_view text, std::vector<int>& found);

 private:
  std::array<std::uint8_t, 256> class_of_{};  ///< of a byte; 0: in no atom
  std::size_t classes_ = 1;
  std::vector<std::int32_t> next_;  ///< state * classes_ + class
  /// Of each state: the atom that ends there, or -1; and the next shorter one that ends there too.
  std::vector<std::int32_t> atom_;
  std::vector<std::int32_t> shorter_;
  std::vector<std::uint32_t> seen_;  ///< of each atom: the search that found it last
  std::uint32_t search_ = 0;
};

}  // namespace nam56r::launch::why
