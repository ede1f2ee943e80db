#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nam56r::dialect {

enum class Action { kStore, kStoreTrue, kStoreFalse, kBooleanOptional, kHelp };

/// One argument of a backend's release: facts read off its parser, nothing added.
struct Argument {
  std::string_view dest;                    ///< where the parser puts it: "micro_batch_size"
  std::span<const std::string_view> flags;  ///< every spelling; the first is the one we emit
  Action action = Action::kStore;
  std::string_view nargs;  ///< empty: exactly one; "+", "*", "?", or a count
  std::string_view type;   ///< "int", "float", "str", the name of a function, or empty
  std::span<const std::string_view> choices;  ///< empty: any value of the type
  std::string_view default_json;              ///< the parser's default, as JSON
  /// What a type that is a function of the release looks words up in; empty for all others.
  std::span<const std::string_view> members = {};
};

/// The argument surface of one release.
struct Release {
  /// An entry of an index.
  struct Named {
    std::string_view name;
    const Argument* argument;
  };

  std::string_view dialect;  ///< "megatron@0.19"
  std::string_view version;  ///< "0.19.1"
  int minor = 0;             ///< 19
  /// Sorted by first flag. Releases share the arguments that are the same in both.
  std::span<const std::reference_wrapper<const Argument>> arguments;
  std::span<const Named> by_flag;  ///< sorted, every spelling
  std::span<const Named> by_dest;  ///< sorted; of several arguments for one place, the first

  /// Null if there is none. Both take a few comparisons.
  const Argument* FindFlag(std::string_view flag) const;
  const Argument* FindDest(std::string_view dest) const;
};

/// The releases of Megatron, oldest first.
std::span<const Release> Releases();

/// The dialects that a contract can be compiled for, "native" among them.
std::vector<std::string> DialectNames();

/// The release behind |dialect|; null for "native" and for names that are not known. "nemo" has the
/// arguments of 0.17 under its own name.
const Release* FindRelease(std::string_view dialect);

/// The script that starts a run of a hybrid model, relative to Megatron's root: "pretrain_mamba.py"
/// before 0.18, which renamed it to "pretrain_hybrid.py".
std::string_view EntryPoint(const Release& release);

/// What |release|'s own parser would refuse in `flag values...`: unknown flag, wrong number of
/// values, a value of the wrong type or outside the choices. Empty: nothing.
std::vector<std::string> Violations(const Release& release, std::string_view flag,
                                    std::span<const std::string> values);

/// The same of a whole command line (parse_problem.h).
std::vector<std::string> Violations(const Release& release, std::span<const std::string> argv);

}  // namespace nam56r::dialect
