// Codes of `nam56r why` itself; those of the failures that it knows have pages below docs/failures.
#include "src/contract/codes.h"

namespace nam56r::contract::internal {
namespace {

constexpr Code kCodes[] = {
    {"WHY0001", "host", "why", "A log cannot be read.",
     "An answer from half of the logs would blame the wrong rank.", "nam56r why runs/of-a-friend",
     "nam56r why runs/20260801T120000Z-nam56r-tiny-3fa94c1b20d7"},
    {"WHY0002", "host", "why", "There is no log where one is looked for.",
     "Nothing was read, so that nothing can be said.", "nam56r why recipes",
     "nam56r why slurm-812.out"},
};

}  // namespace

std::span<const Code> WhyCodes() { return kCodes; }

}  // namespace nam56r::contract::internal
