#pragma once

#include "src/dialect/rules/facts.h"

/// What is computed again inside a graph draws the same random numbers as before only if it draws
/// none.
namespace nam56r::dialect::rules {

/// Nothing named: whole layers. The whole step holds them too.
inline bool GraphsWholeLayers(const Args& a) { return FullIteration(a) || CapturedModules(a) == 0; }
inline bool GraphedAndRecomputed(const Args& a, std::string_view captured,
                                 std::string_view recomputed) {
  return Graphs(a) && Recomputes(a, recomputed) && (GraphsWholeLayers(a) || Captures(a, captured));
}

}  // namespace nam56r::dialect::rules
