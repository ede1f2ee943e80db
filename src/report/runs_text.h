#pragma once

#include <string>
#include <vector>

#include "src/launch/catalog/comparable.h"
#include "src/launch/catalog/entry.h"
#include "src/launch/receipt.h"

namespace nam56r::report {

/// `runs list`. Runs that are comparable in loss share a capital letter, those that are comparable
/// in speed a small one; a run that is comparable with none of the list has '-'.
std::string RunsText(const std::vector<launch::catalog::Entry>& entries);

/// The letters of each: "A", "B", ..., "AA", ...; "-" for what stands alone or has no |key|
/// ("loss_key", "speed_key").
std::vector<std::string> ComparableGroups(const std::vector<launch::catalog::Entry>& entries,
                                          const std::string& key);

/// `runs show`.
std::string RunText(const launch::Receipt& receipt);

/// The second half of `runs diff`: outcomes side by side, and whether they may be compared.
std::string OutcomesText(const launch::catalog::Entry& a, const launch::catalog::Entry& b,
                         const std::vector<launch::catalog::Obstacle>& in_loss,
                         const std::vector<launch::catalog::Obstacle>& in_speed);

}  // namespace nam56r::report
