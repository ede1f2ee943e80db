// GPUs and what drives them
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {

std::span<const Signature> GpuHostSignatures() { return {}; }

}  // namespace nam56r::launch::why
