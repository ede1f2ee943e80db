// Losses and gradients that are no numbers
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {

std::span<const Signature> NumericsSignatures() { return {}; }

}  // namespace nam56r::launch::why
