#pragma once

#include "src/base/diagnostic.h"
#include "src/base/schema.h"
#include "src/policy/policy.h"
#include "src/recipe/recipe.h"

namespace nam56r::contract {

/// Keeps a contract fit to be published: CONTRACT0004 for every text of recipe and policy that
/// holds an absolute path or one that leaves its directory, and for every environment variable
/// whose name says that its value is a secret. Paths belong to the host.
base::Diagnostics CheckPrivateValues(const base::Loaded<recipe::Recipe>& recipe,
                                     const base::Loaded<policy::Policy>& policy);

/// |file| as a contract may show it: as given when relative and below where it was given from,
/// otherwise its last component.
std::string PublicFileName(const std::string& file);

}  // namespace nam56r::contract
