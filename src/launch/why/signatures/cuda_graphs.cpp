// CUDA graphs and compilation
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {

std::span<const Signature> CudaGraphSignatures() { return {}; }

}  // namespace nam56r::launch::why
