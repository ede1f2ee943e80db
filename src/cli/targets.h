#pragma once

#include <string>

#include "src/base/expected.h"
#include "src/cli/terminal.h"
#include "src/contract/reader.h"

namespace nam56r::cli {

/// What a command that shows contracts was pointed at: a contract, or a recipe with a policy.
struct Target {
  std::string file;
  std::string policy;
  std::string dialect;
};

/// Reads the contract, or compiles the recipe and reads that back; warnings are printed. |misuse|
/// is the code of a contract with a policy or a dialect, and of a recipe without a policy.
base::Expected<contract::ReadContract> ReadTarget(const Target& target, const std::string& misuse,
                                                  base::Surface surface, const Terminal& terminal);

/// Whether the contract is what this version makes of its inputs. One of another version can still
/// be read, and often must be: the differences are printed as warnings. Error: CONTRACT0004, it
/// holds what no page may show, whoever wrote it.
base::Expected<bool> VerifyOrWarn(const contract::ReadContract& contract, const Terminal& terminal);

}  // namespace nam56r::cli
