#pragma once

#include <cmath>

#include "src/recipe/recipe.h"

namespace nam56r::runtime {

/// Standard deviation of the projections that write to the residual stream: init_std /
/// sqrt(2 * depth), so that the stream's variance does not grow with depth at the start (GPT-2;
/// Megatron's scaled_init_method_normal). All other matrices take init_std.
inline double OutputProjectionStd(const recipe::Recipe& recipe) {
  return recipe.model.init_std / std::sqrt(2.0 * static_cast<double>(recipe.model.depth));
}

}  // namespace nam56r::runtime
