#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

/// Which of many changes break a run: delta debugging.
///
/// Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (IEEE TSE 28(2),
/// 2002), define the aim (a set of changes that fails, and none of whose members can be left out)
/// and ddmin, which reaches it from any failing set. Here ddmin only finishes: before it, the last
/// change of the shortest failing prefix is looked for by halving, again and again, as QuickXplain
/// does (Junker, AAAI 2004). That takes about k log2(n) trials for k culprits among n changes.
namespace nam56r::launch::bisect {

enum class Verdict {
  kWorks,
  kFails,
  kUnresolved,  ///< these changes cannot be tried together
};

/// Sorted numbers of changes, all others left as they are where it works.
using ChangeSet = std::vector<std::size_t>;

/// What happens with these changes; nothing: stop looking. May be asked the same again.
using Ask = std::function<std::optional<Verdict>(const ChangeSet&)>;

struct Culprits {
  ChangeSet changes;  ///< fails
  /// Whether each of them was seen to be needed: without it, the run works.
  bool one_minimal = false;
  /// Those of them that could not be left out, because the rest cannot be tried.
  ChangeSet undecided;
  bool stopped = false;  ///< |ask| said so: |changes| is the smallest failing set so far
};

/// |surface_of| has the surface of each change, neighbours together. Given: none of them works, all
/// of them fail. Surfaces are tried alone first, each whole.
Culprits FindCulprits(const std::vector<std::size_t>& surface_of, const Ask& ask);

}  // namespace nam56r::launch::bisect
