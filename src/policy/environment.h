#pragma once

#include <span>
#include <string_view>

#include "src/base/schema.h"
#include "src/policy/policy.h"

namespace nam56r::policy {

/// When a variable is read. A value set later than that has no effect.
enum class ReadTime {
  kShell,         ///< by a launch script alone, which turns it into arguments
  kBeforePython,  ///< by the loader, the driver or a library before Python's first line
  kImport,        ///< when the package that reads it is imported
  kModelBuild,    ///< while the model is built
  kEveryStep,     ///< again and again
  kNever,         ///< by nothing any more
};

/// "before Python", "at import", "at model build", "every step", "shell only", "never".
std::string_view ReadTimeName(ReadTime time);

/// A variable that a run's processes read from their environment, or that people set in the belief
/// that they do.
struct EnvironmentVariable {
  std::string_view name;
  std::string_view meaning;
  /// Who sets it: empty for [environment] and [bootstrap_environment], otherwise the field or room
  /// that owns it, and then they may not ("caches.triton", "recipe.model.pattern", "launch";
  /// "machine": nothing of ours sets it).
  std::string_view owner;
  base::Surface surface = base::Surface::kPolicy;
  ReadTime read = ReadTime::kBeforePython;
  std::string_view reader = {};   ///< "NCCL", "PyTorch's allocator"
  std::string_view type = {};     ///< "bool" (0 or 1), "int", "number", "text", "path", "choice"
  std::string_view choices = {};  ///< of type choice: "cython|ctypes|nvrtc"
  std::string_view default_value = {};  ///< the reader's; empty: unset
  std::string_view architectures = {};  ///< "" any; "sm_90", "sm_120|sm_121"
  /// What it must not meet, in words. The rules that check are in environment_conflicts.cpp.
  std::string_view conflicts = {};
  std::string_view source = {};
  /// Of a variable that only a shell reads, or nothing: what to set instead, a field
  /// ("batch.micro_batch_size", "recipe.model.seq_length", "host paths.python") or words.
  std::string_view instead = {};
  /// Another name of the same thing; both are one decision.
  std::string_view same_as = {};
};

/// Every variable that is known, by name.
std::span<const EnvironmentVariable> KnownEnvironment();
/// Of one name; null: not known. A binary search.
const EnvironmentVariable* FindVariable(std::string_view name);

/// What is wrong with single entries of [environment] and [bootstrap_environment]; all at once:
///   SCHEMA0001 a name neither known nor vouched for in run.unlisted_environment
///   POLICY0101 a variable with two owners: a field, launch, a seam (NAM56R_*) or the other table
///   POLICY0102 a variable that nothing reads any more, or that only a shell script did
///   POLICY0103 in [bootstrap_environment], and read before the bootstrap runs
///   POLICY0104 a value that is not of the variable's type, or not among its choices
///   POLICY0108 a name that is vouched for and set nowhere, or vouched for although it is known
base::Diagnostics CheckEnvironment(const base::Loaded<Policy>& policy);

/// What variables say against each other and against other fields; each finding names both sides:
///   POLICY0106 a value that another variable or field forbids, or leaves without effect
///   POLICY0107 two names of one thing with two values
base::Diagnostics CheckEnvironmentConflicts(const base::Loaded<Policy>& policy);

/// POLICY0105 for each variable that |architecture| ("sm_121") does not have a use for.
base::Diagnostics CheckArchitecture(const Policy& policy, std::string_view architecture);

}  // namespace nam56r::policy
