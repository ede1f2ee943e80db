#pragma once

#include <cstdint>

#include "src/policy/policy.h"

namespace nam56r::runtime {

/// Learning rate of the |step|-th of |steps| optimizer steps, 0-based. Rises linearly to lr, which
/// it reaches with the last warm-up step; then stays, or falls to min_lr, which it reaches with the
/// last step, along a line or half a cosine wave.
double LearningRate(const policy::Optimizer& optimizer, std::int64_t steps, std::int64_t step);

}  // namespace nam56r::runtime
