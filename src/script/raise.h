#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/base/expected.h"
#include "src/policy/policy.h"
#include "src/recipe/recipe.h"
#include "src/script/command_line.h"
#include "src/script/found.h"

namespace nam56r::script {

/// Something in the source that has no place in recipe, policy or host, or whose place is not
/// known.
struct Unplaced {
  int line = 0;
  std::string what;  ///< "--moe-layer-freq 2", "CPPMEGA_MEM_PROFILE=1"
  std::string why;
  std::string nearest;  ///< a field or a flag that may have been meant; empty: none
};

/// A value of the machine: it goes to the host file, never to recipe or policy.
struct HostFact {
  std::string key;  ///< "paths.megatron", "datasets.clang"
  std::string value;
  bool known = true;  ///< false: |value| is how the script spells it
  int line = 0;
  std::string source;
};

/// What a source says, in this project's words.
struct Import {
  std::string dialect;
  std::string file;
  FoundFields fields;
  std::vector<HostFact> host;
  std::size_t flags = 0;  ///< on the command line, each counted once
  std::size_t flags_placed = 0;
  std::size_t variables = 0;  ///< exported, or set for the command
  std::size_t variables_placed = 0;
  std::vector<Unplaced> unplaced;
  std::vector<std::string> notes;  ///< what was taken for granted
  /// SCRIPT0004 (warning) two places of the source contradict each other, SCRIPT0005 (warning) set
  /// after its read time, SCRIPT0006 (warning) no recipe is such a model; those of recipe, policy
  /// and host where the files below cannot be read.
  base::Diagnostics findings;
  std::string recipe_toml;
  std::string policy_toml;
  std::string host_toml;
  /// What the two files hold; nothing when they cannot be read: something required was not found.
  std::optional<base::Loaded<recipe::Recipe>> recipe;
  std::optional<base::Loaded<policy::Policy>> policy;
};

struct RaiseOptions {
  std::string dialect;
  std::int64_t world_size = 0;  ///< 0: as the launcher says
};

/// Reads a command line back with the dialect's own tables (dialect/spelling.h). Error:
/// DIALECT0003 an unknown dialect.
base::Expected<Import> Raise(const Source& source, const RaiseOptions& options);

namespace internal {

/// The native backend has no flags: its script carries recipe and policy as they are.
base::Expected<Import> RaiseNative(const Source& source, const RaiseOptions& options);

/// What every import says of how its source was read: what was set too late, taken for granted or
/// not read at all.
void AddReports(const Source& source, Import& import);

/// Sorts what has no place, and withholds the secrets in it.
void Tidy(Import& import);

}  // namespace internal

}  // namespace nam56r::script
