// Versions and binary compatibility
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {

std::span<const Signature> StackSignatures() { return {}; }

}  // namespace nam56r::launch::why
