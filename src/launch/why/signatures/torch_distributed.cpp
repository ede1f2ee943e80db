// PyTorch's process groups and stores
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {

std::span<const Signature> TorchDistributedSignatures() { return {}; }

}  // namespace nam56r::launch::why
