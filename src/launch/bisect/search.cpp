#include "src/launch/bisect/search.h"

#include <algorithm>

namespace nam56r::launch::bisect {
namespace {

ChangeSet Union(const ChangeSet& a, const ChangeSet& b) {
  ChangeSet both = a;
  both.insert(both.end(), b.begin(), b.end());
  std::sort(both.begin(), both.end());
  return both;
}

ChangeSet Without(const ChangeSet& set, const ChangeSet& gone) {
  ChangeSet rest;
  std::set_difference(set.begin(), set.end(), gone.begin(), gone.end(), std::back_inserter(rest));
  return rest;
}

// Thrown by a search that is told to stop; never leaves this file.
struct Stopped {};

class Searcher {
 public:
  Searcher(const std::vector<std::size_t>& surface_of, const Ask& ask)
      : surface_of_(surface_of), ask_(ask) {}

  Culprits Run() {
    for (std::size_t i = 0; i < surface_of_.size(); ++i) failing_.push_back(i);
    Culprits culprits;
    try {
      OneSurface();
      Narrow();
      Minimize();
      culprits.one_minimal = undecided_.empty();
    } catch (const Stopped&) {
      culprits.stopped = true;
    }
    culprits.changes = failing_;
    culprits.undecided = undecided_;
    return culprits;
  }

 private:
  Verdict Try(const ChangeSet& set) {
    if (set.empty()) return Verdict::kWorks;
    if (set == failing_) return Verdict::kFails;
    const auto verdict = ask_(set);
    if (!verdict) throw Stopped{};
    if (*verdict == Verdict::kFails && set.size() < failing_.size()) failing_ = set;
    return *verdict;
  }

  void OneSurface() {
    if (surface_of_.empty() || surface_of_.front() == surface_of_.back()) return;
    for (std::size_t begin = 0; begin < surface_of_.size();) {
      ChangeSet surface;
      std::size_t end = begin;
      while (end < surface_of_.size() && surface_of_[end] == surface_of_[begin]) {
        surface.push_back(end++);
      }
      if (Try(surface) == Verdict::kFails) return;
      begin = end;
    }
  }

  // Keeps what is needed and looks for the next one in front of it.
  void Narrow() {
    ChangeSet kept;
    ChangeSet open = failing_;
    while (!open.empty() && Try(kept) != Verdict::kFails) {
      std::size_t works = 0;  // changes of |open| with which it works, or may
      std::size_t fails = open.size();
      while (fails - works > 1 && Halve(kept, open, works, fails)) {
      }
      const auto begin = open.begin() + static_cast<std::ptrdiff_t>(works);
      const auto end = open.begin() + static_cast<std::ptrdiff_t>(fails);
      kept = Union(kept, ChangeSet(begin, end));  // more than one where nothing between resolves
      open.erase(begin, open.end());
    }
    if (Try(kept) == Verdict::kFails) failing_ = kept;
  }

  // Moves one of the bounds to a prefix that resolves, the one nearest to the middle; false: none.
  bool Halve(const ChangeSet& kept, const ChangeSet& open, std::size_t& works, std::size_t& fails) {
    const std::size_t middle = (works + fails) / 2;
    for (std::size_t step = 0; step < fails - works; ++step) {
      for (const bool up : {false, true}) {
        if (up ? step == 0 || middle + step >= fails : middle < works + step + 1) continue;
        const std::size_t size = up ? middle + step : middle - step;
        const auto end = open.begin() + static_cast<std::ptrdiff_t>(size);
        const Verdict verdict = Try(Union(kept, ChangeSet(open.begin(), end)));
        if (verdict == Verdict::kUnresolved) continue;
        (verdict == Verdict::kWorks ? works : fails) = size;
        return true;
      }
    }
    return false;
  }

  // ddmin from single changes; where some of them cannot be left out for want of a verdict, also
  // two at a time.
  void Minimize() {
    while (failing_.size() > kFew && DropChunk()) {
    }
    while (DropOne() || DropTwo()) {
    }
  }

  // A part of a large set, large parts first.
  bool DropChunk() {
    for (std::size_t size = failing_.size() / 2; size > 1; size /= 2) {
      const ChangeSet all = failing_;
      for (std::size_t at = 0; at < all.size(); at += size) {
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(at);
        const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(at + size, all.size()));
        if (Try(Without(all, ChangeSet(begin, end))) == Verdict::kFails) return true;
      }
    }
    return false;
  }

  bool DropOne() {
    undecided_.clear();
    const ChangeSet all = failing_;
    for (const std::size_t change : all) {
      const Verdict verdict = Try(Without(all, {change}));
      if (verdict == Verdict::kFails) return true;
      if (verdict == Verdict::kUnresolved) undecided_.push_back(change);
    }
    return false;
  }

  bool DropTwo() {
    const ChangeSet all = failing_;
    if (undecided_.size() < 2 || all.size() > kFew) return false;
    for (std::size_t i = 0; i < undecided_.size(); ++i) {
      for (std::size_t j = i + 1; j < undecided_.size(); ++j) {
        if (Try(Without(all, {undecided_[i], undecided_[j]})) == Verdict::kFails) return true;
      }
    }
    return false;
  }

  static constexpr std::size_t kFew = 8;

  const std::vector<std::size_t>& surface_of_;
  const Ask& ask_;
  ChangeSet failing_;
  ChangeSet undecided_;
};

}  // namespace

Culprits FindCulprits(const std::vector<std::size_t>& surface_of, const Ask& ask) {
  return Searcher(surface_of, ask).Run();
}

}  // namespace nam56r::launch::bisect
