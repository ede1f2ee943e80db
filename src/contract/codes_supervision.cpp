// Codes of what watches a run.
#include "src/contract/codes.h"

namespace nam56r::contract::internal {
namespace {

constexpr Code kCodes[] = {
    {"LAUNCH0201", "host", "launch", "The walltime is not longer than the grace.",
     "The request to stop would go out before the run has begun.", "--walltime 30 --grace 60",
     "--walltime 3600 --grace 60"},
    {"LAUNCH0202", "host", "launch", "The walltime is not a time.",
     "A run that ends at another moment than was meant loses what it did.", "--walltime 1h",
     "--walltime 01:00:00"},
};

}  // namespace

std::span<const Code> SupervisionCodes() { return kCodes; }

}  // namespace nam56r::contract::internal
