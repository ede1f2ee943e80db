// Slurm
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {

std::span<const Signature> SlurmSignatures() { return {}; }

}  // namespace nam56r::launch::why
