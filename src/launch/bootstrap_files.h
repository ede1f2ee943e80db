#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/expected.h"
#include "src/contract/reader.h"
#include "src/launch/bind.h"

/// What a Megatron run needs beside Megatron: a small Python program that every rank's interpreter
/// executes before the release's own entry point, and what it is to do for one contract.
///
///     python [-m torch.distributed.run ...] RECEIPT/bootstrap.py RECEIPT/bootstrap.json ENTRY args
///
/// docs/seams.md says what it does, in which order, and how it ends.
namespace nam56r::launch {

inline constexpr std::string_view kBootstrapProgramFile = "bootstrap.py";
inline constexpr std::string_view kBootstrapSettingsFile = "bootstrap.json";

/// The text of bootstrap.py.
extern const std::string_view kBootstrapProgram;

/// What bootstrap.json says for |contract|: the seams in their order with settings, layers and
/// proofs, the variables of [bootstrap_environment], those of |environment| that the policy or a
/// seam decided (the interpreter must have them when it starts; of one that names a secret only
/// that it must be there), and which functions of the release are called where.
///
/// Errors: LAUNCH0401 the contract's dialect is no release of Megatron; LAUNCH0402 a seam that this
/// version does not know, or whose entry in the contract is of another shape.
base::Expected<nlohmann::json> BootstrapSettings(const contract::ReadContract& contract,
                                                 const std::vector<Variable>& environment);

/// Both files, for BoundRun::files. Errors: those of BootstrapSettings.
base::Expected<std::vector<BoundFile>> BootstrapFiles(const contract::ReadContract& contract,
                                                      const std::vector<Variable>& environment);

/// The two words before the entry point: the files in |receipt_directory|.
std::vector<Token> BootstrapWords(const std::filesystem::path& receipt_directory);

}  // namespace nam56r::launch
