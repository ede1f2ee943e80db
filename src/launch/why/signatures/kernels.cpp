// Triton, Mamba, TileLang and attention kernels
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {

std::span<const Signature> KernelSignatures() { return {}; }

}  // namespace nam56r::launch::why
