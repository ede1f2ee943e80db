// The native backend
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {

std::span<const Signature> NativeSignatures() { return {}; }

}  // namespace nam56r::launch::why
