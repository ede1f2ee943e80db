#pragma once

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
};

/// The argument surface of one release.
struct Release {
  std::string_view dialect;  ///< "megatron@0.19"
  std::string_view version;  ///< "0.19.1"
  std::span<const Argument> arguments;

  const Argument* FindFlag(std::string_view flag) const;
  const Argument* FindDest(std::string_view dest) const;
};

/// The dialects that a contract can be compiled for, "native" among them.
std::vector<std::string> DialectNames();

/// The release behind |dialect|; null for "native" and for names that are not known.
const Release* FindRelease(std::string_view dialect);

/// What |release|'s own parser would refuse in `flag values...`: unknown flag, wrong number of
/// values, a value of the wrong type or outside the choices. Empty: nothing.
std::vector<std::string> Violations(const Release& release, std::string_view flag,
                                    std::span<const std::string> values);

/// The same of a whole command line, split at the tokens that begin with "--".
std::vector<std::string> Violations(const Release& release, std::span<const std::string> argv);

}  // namespace nam56r::dialect
