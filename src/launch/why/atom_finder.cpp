#include "src/launch/why/atom_finder.h"

#include <algorithm>
#include <limits>

namespace nam56r::launch::why {
namespace {

unsigned char Lower(unsigned char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<unsigned char>(byte + ('a' - 'A')) : byte;
}

std::size_t Index(std::int32_t state) { return static_cast<std::size_t>(state); }

}  // namespace

AtomFinder::AtomFinder(const std::vector<std::string>& atoms) : seen_(atoms.size(), 0) {
  for (const std::string& atom : atoms) {
    for (const char c : atom) {
      std::uint8_t& number = class_of_[static_cast<unsigned char>(c)];
      if (number == 0) number = static_cast<std::uint8_t>(classes_++);
    }
  }
  for (int byte = 'A'; byte <= 'Z'; ++byte) {
    class_of_[static_cast<std::size_t>(byte)] = class_of_[Lower(static_cast<unsigned char>(byte))];
  }
  const auto add_state = [&] {
    next_.resize(next_.size() + classes_, -1);
    atom_.push_back(-1);
    shorter_.push_back(-1);
    return static_cast<std::int32_t>(atom_.size() - 1);
  };
  add_state();
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    std::int32_t state = 0;
    for (const char c : atoms[i]) {
      const std::size_t edge = Index(state) * classes_ + class_of_[static_cast<unsigned char>(c)];
      if (next_[edge] < 0) {
        const std::int32_t added = add_state();
        next_[edge] = added;
      }
      state = next_[edge];
    }
    if (state != 0) atom_[Index(state)] = static_cast<std::int32_t>(i);
  }
  // Breadth first: the longest end of what was read that is also the beginning of an atom.
  std::vector<std::int32_t> failure(atom_.size(), 0);
  std::vector<std::int32_t> queue;
  for (std::size_t c = 0; c < classes_; ++c) {
    if (next_[c] < 0) {
      next_[c] = 0;
    } else {
      queue.push_back(next_[c]);
    }
  }
  for (std::size_t at = 0; at < queue.size(); ++at) {
    const std::int32_t state = queue[at];
    const std::int32_t back = failure[Index(state)];
    shorter_[Index(state)] = atom_[Index(back)] >= 0 ? back : shorter_[Index(back)];
    for (std::size_t c = 0; c < classes_; ++c) {
      std::int32_t& edge = next_[Index(state) * classes_ + c];
      const std::int32_t other = next_[Index(back) * classes_ + c];
      if (edge < 0) {
        edge = other;
      } else {
        failure[Index(edge)] = other;
        queue.push_back(edge);
      }
    }
  }
}

void AtomFinder::Find(std::string_view text, std::vector<int>& found) {
  found.clear();
  if (search_ == std::numeric_limits<std::uint32_t>::max()) {
    std::fill(seen_.begin(), seen_.end(), 0);
    search_ = 0;
  }
  ++search_;
  std::int32_t state = 0;
  for (const char c : text) {
    state = next_[Index(state) * classes_ + class_of_[static_cast<unsigned char>(c)]];
    std::int32_t end = atom_[Index(state)] >= 0 ? state : shorter_[Index(state)];
    for (; end >= 0; end = shorter_[Index(end)]) {
      const std::int32_t atom = atom_[Index(end)];
      if (seen_[Index(atom)] == search_) continue;
      seen_[Index(atom)] = search_;
      found.push_back(atom);
    }
  }
}

}  // namespace nam56r::launch::why
