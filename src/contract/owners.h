#pragma once

#include "src/base/diagnostic.h"
#include "src/dialect/lowering.h"

namespace nam56r::contract {

/// One owner: CONTRACT0005 for every flag that is emitted twice over both surfaces and what launch
/// binds, and for every environment variable that is set twice.
base::Diagnostics CheckOwners(const dialect::Context& context, const dialect::Lowered& lowered);

}  // namespace nam56r::contract
