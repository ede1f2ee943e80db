// Layouts that other launchers refuse
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {

std::span<const Signature> LayoutSignatures() { return {}; }

}  // namespace nam56r::launch::why
