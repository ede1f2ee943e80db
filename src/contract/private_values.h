#pragma once

#include "src/base/diagnostic.h"
#include "src/base/schema.h"
#include "src/policy/policy.h"
#include "src/recipe/recipe.h"

namespace nam56r::contract {

/// Keeps a contract fit to be published: CONTRACT0004 for every text of recipe and policy that
/// holds a path (absolute, of a home directory, leaving its own, of any system) or what looks like
/// a secret, and for every environment variable whose name says that its value is one. Paths belong
/// to the host. No message repeats the value.
base::Diagnostics CheckPrivateValues(const base::Loaded<recipe::Recipe>& recipe,
                                     const base::Loaded<policy::Policy>& policy);

/// Whether |text| holds a path or what looks like a secret.
bool IsPrivate(std::string_view text);

/// |file| as a contract may show it: as given when relative and below where it was given from,
/// otherwise its last component; "withheld" where that looks like a secret.
std::string PublicFileName(const std::string& file);

}  // namespace nam56r::contract
