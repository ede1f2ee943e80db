#pragma once

#include <map>
#include <string>

#include "src/plan/plan.h"
#include "src/plan/refusals.h"
#include "src/recipe/recipe.h"

namespace nam56r::plan {

/// The families that a model has, each with the field whose pattern brings it in.
using FamilyUses = std::map<Family, std::string>;

/// Adds every way in which |recipe|'s sizes cannot make a model of these families: PLAN0006 for a
/// size that is needed and not there, PLAN0005 for sizes that do not fit each other. When nothing
/// was added, every formula of parameters.h can be evaluated.
void CheckShapes(const recipe::Recipe& recipe, const FamilyUses& uses, Refusals& refusals);

}  // namespace nam56r::plan
