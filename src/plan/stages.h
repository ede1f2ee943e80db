#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "src/plan/plan.h"
#include "src/plan/refusals.h"

namespace nam56r::plan {

inline constexpr std::int64_t kMaxMtpDepth = 64;

/// Adds PLAN0004 unless |depth| layers can be cut into PP * VPP chunks, and PLAN0007 unless the MTP
/// depth is in 0..kMaxMtpDepth. |pieces| are the letters in each piece of the pattern: a pattern
/// with one piece must divide evenly (Megatron's rule), one that is cut must have a piece for each
/// chunk. No depth: it is wrong itself, and only what does not depend on it is judged.
void CheckCuts(std::optional<std::int64_t> depth, const std::vector<std::int64_t>& pieces,
               const Cuts& cuts, Refusals& refusals);

/// The letters in each piece once the policy has spoken: |pattern_pieces| unless
/// cuts.layers_per_chunk is there. Adds PLAN0004 unless that has a number for each chunk, adds up
/// to |depth| and agrees with the pattern's own '|'.
std::vector<std::int64_t> PiecesUnder(const Cuts& cuts, std::optional<std::int64_t> depth,
                                      const std::vector<std::int64_t>& pattern_pieces,
                                      Refusals& refusals);

/// The chunk of each slot, for cuts that CheckCuts accepts.
std::vector<std::int64_t> ChunkOfSlots(std::int64_t depth, const std::vector<std::int64_t>& pieces,
                                       const Cuts& cuts);

/// One entry a stage, from slots and modules that know theirs.
std::vector<Stage> CollectStages(const Plan& plan);

}  // namespace nam56r::plan
