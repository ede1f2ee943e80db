#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/diagnostic.h"
#include "src/dialect/effective_args.h"
#include "src/seams/context.h"

/// What a release refuses in a command line, or takes without heeding it.
namespace nam56r::dialect {

/// One reason for which a run fails, or is not the run that was asked for. Each stands in a file of
/// its own, rules/<group>/<name>.h, and has a page docs/rules/<code>.md.
struct ArgumentRule {
  /// When a run that breaks the rule ends, if nobody checks it before.
  enum class Stage {
    kParse,     ///< arguments.py:parse_args
    kValidate,  ///< arguments.py:validate_args
    kBuild,     ///< the configuration classes, and modules when they are built
    kRun,       ///< later, or never: it trains another model
  };
  enum class Reach {
    kAnywhere,
    kCommandLine,  ///< a contract cannot say it, or its own checks refuse it with more to say
    kContract,     ///< the release does not refuse it but ignores it, which a contract must not
  };
  static constexpr std::size_t kMostDests = 8;

  std::string_view code;        ///< stable: surface, two digits of the group, two of the rule
  std::string_view title = {};  ///< heading of its page: "Ranks that TP * PP * CP does not divide"
  /// The one to blame, then the others that take part; "env:NAME" is a variable. Empty: no more.
  std::array<std::string_view, kMostDests> dests;
  /// |args| as they are after every rewrite, |raw| as the parser left them.
  bool (*refuses)(const EffectiveArgs& args, const EffectiveArgs& raw);
  std::string_view why;         ///< follows the release's name
  std::string_view fix;         ///< "{dest}" becomes the name of a field or a flag
  std::string_view valid = {};  ///< values of the first dest, separated by '|'
  std::string_view source = {};
  Stage stage = Stage::kValidate;
  base::Severity severity = base::Severity::kError;
  ReleaseRange releases = {};
  Reach reach = Reach::kAnywhere;
  /// Instead of |valid|.
  std::vector<std::string> (*valid_of)(const EffectiveArgs& args) = nullptr;
  /// Of a rule about any of several dests: the one to blame on this line. One of |dests|, which
  /// |valid| is about then.
  std::string_view (*blamed_of)(const EffectiveArgs& args, const EffectiveArgs& raw) = nullptr;
  /// Instead of |fix| and |valid| on a raw command line, where those speak of what only a contract
  /// has.
  std::string_view argv_fix = {};
  std::string_view argv_valid = {};
  /// Changes to the example's command line (rule_examples.h) with which it fails, and with which it
  /// does not.
  std::string_view fails = {};
  std::string_view passes = {};
  /// Of a rule about what the parser stops at: each problem of this kind is a finding of its own.
  std::optional<ParseProblem::Kind> problem = {};
};

struct RuleEntry {
  const ArgumentRule* rule;
  std::string_view group;  ///< folder below rules/
  std::string_view name;   ///< file there, without its ending
};

/// All of them, by group and name.
std::span<const RuleEntry> ArgumentRules();

namespace internal {
std::vector<RuleEntry> ReadRules();
}  // namespace internal

/// The rules that refuse, of those that |reach| covers (and of kAnywhere).
std::vector<const ArgumentRule*> Refusing(const EffectiveArgs& args, const EffectiveArgs& raw,
                                          ArgumentRule::Reach reach);

/// The field that decides |dest| in a contract: "moe_grouped_gemm" ->
/// "policy.kernels.moe_grouped_gemm". Empty: none does.
std::string_view FieldOfDest(std::string_view dest);

/// One diagnostic for each rule that refuses, under its code, in the words of recipe and policy.
base::Diagnostics CheckContract(const seams::Context& context, const EffectiveArgs& args,
                                const EffectiveArgs& raw);

struct RuleFinding {
  const ArgumentRule* rule;
  base::Diagnostic diagnostic;
};

/// File of a place on a raw command line, whose line is the number of the word, from 1.
inline constexpr std::string_view kArgv = "argv";

/// The same of a command line, in the words of its flags; what the parser stops at stands first, in
/// the order of the line. A side that stands on the line has its place there (kArgv).
std::vector<RuleFinding> CheckCommandLine(const EffectiveArgs& args, const EffectiveArgs& raw);

}  // namespace nam56r::dialect
