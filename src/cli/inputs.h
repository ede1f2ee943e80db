#pragma once

#include <string>

#include "src/base/expected.h"
#include "src/contract/contract.h"

namespace nam56r::cli {

/// Loads both files and compiles them; the errors of both files are reported together.
base::Expected<contract::Contract> CompileFiles(const std::string& recipe_file,
                                                const std::string& policy_file,
                                                const std::string& dialect);

/// "2026-08-01", in UTC: what waivers are held against.
std::string Today();

/// A contract as the bytes of a file.
std::string ContractBytes(const contract::Contract& contract);

}  // namespace nam56r::cli
