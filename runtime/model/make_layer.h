#pragma once

#include <memory>
#include <string>

#include "runtime/model/exchange.h"
#include "runtime/model/init.h"
#include "runtime/model/layer.h"
#include "src/plan/plan.h"
#include "src/recipe/recipe.h"

namespace nam56r::runtime {

/// The module for one slot of |family|. |exchange| outlives it.
std::shared_ptr<Layer> MakeLayer(plan::Family family, const recipe::Recipe& recipe,
                                 const std::string& global_prefix, const Initializer& initializer,
                                 ExpertExchange& exchange);

}  // namespace nam56r::runtime
