// Transformer Engine
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {

std::span<const Signature> TransformerEngineSignatures() { return {}; }

}  // namespace nam56r::launch::why
