#pragma once

#include <cstdint>

#include "src/base/expected.h"
#include "src/contract/reader.h"

namespace nam56r::runtime {

/// Refuses a contract that this backend would not execute as it stands. Every field that changes
/// what is computed, or that names a capability, is either honoured or refused here, never ignored;
/// the switches of [kernels], [caches] and [regional_compile] choose among implementations that
/// another backend has, and are not read.
///
/// Errors, all at once: TRAIN0001 a contract for another dialect; TRAIN0002 |world_size| is not the
/// layout's; TRAIN0003 a value that this backend does not have; TRAIN0004 sizes that do not divide.
base::Status CheckRunnable(const contract::ReadContract& contract, std::int64_t world_size);

}  // namespace nam56r::runtime
