// The operating system
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {

std::span<const Signature> OsSignatures() { return {}; }

}  // namespace nam56r::launch::why
