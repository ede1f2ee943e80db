// The CUDA runtime and driver
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {

std::span<const Signature> CudaSignatures() { return {}; }

}  // namespace nam56r::launch::why
