// Data sets and tokenizers
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {

std::span<const Signature> DataSignatures() { return {}; }

}  // namespace nam56r::launch::why
