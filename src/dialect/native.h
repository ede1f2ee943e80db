#pragma once

#include "src/dialect/lowering.h"

namespace nam56r::dialect {

/// The dialect of this project's own runtime. Its surface is the contract itself: a flag is the
/// name of a field, and the worker reads the plan and the policy from the contract. Refuses
/// (DIALECT0002) everything that the runtime does not execute.
base::Expected<Lowered> LowerNative(const Context& context);

}  // namespace nam56r::dialect
