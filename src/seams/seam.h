#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/expected.h"
#include "src/seams/context.h"

/// Places where a run depends on code that the backend does not have, or that replaces a symbol of
/// the backend.
namespace nam56r::seams {

/// Whether a launch needs a seam, and what in it does.
struct Need {
  enum class Level {
    kNone,         ///< nothing here uses it
    kOptional,     ///< it would take effect; the run is correct without it
    kRecommended,  ///< the run is correct without it, at a cost that recorded runs measured
    kRequired,     ///< without it the run is not what the inputs say
    kForbidden,    ///< with it the run breaks, or is not what the inputs say
  };
  Level level = Level::kNone;
  std::string because;              ///< "the recipe has 4 R layers (M2RNN)"
  std::vector<std::string> fields;  ///< that ask for it, or forbid it: "recipe.model.pattern"
  std::vector<std::string> layers;
  /// kForbidden: the inputs ask for it all the same, so that no list of seams can be right.
  bool asked = false;
  std::string fix = {};  ///< kForbidden: the shortest way out; empty: take it off the list
};

/// Something that a Python module holds, and the releases of Megatron-Core (0.x) that have it.
struct Symbol {
  std::string_view module;     ///< "megatron.core.ssm.mamba_mixer"
  std::string_view attribute;  ///< "MambaMixer", "DSAttention.forward"; empty: the module's source
  int since = 16;
  int until = 19;
  bool added = false;  ///< the seam adds it: before, it is not there
};

/// How a built model shows that a seam took effect.
struct Proof {
  enum class Scope {
    kSymbols,  ///< every replaced symbol carries the marker
    kLayers,   ///< |path| below each of the use's layers
    kModel,    ///< |path| below the model
    kRun,      ///< an event of that name before the first step
  };
  Scope scope = Scope::kSymbols;
  std::string_view path = {};          ///< "mixer", "self_attention.core_attention"
  std::string_view expect = "marker";  ///< "marker", "class with marker", "dtype torch.float32"
  std::string_view text = {};          ///< the same as a sentence
  bool in_first_step = false;          ///< kRun: the event comes during the first step, not before
};

/// The attribute that a seam puts on what it replaces; its value lists seam ids.
inline constexpr std::string_view kMarker = "__nam56r_seams__";

struct Seam {
  std::string_view id;
  std::string_view family;              ///< "R", "M", ...; empty: none
  base::Surface asked_by;               ///< kPlan: a model feature; kPolicy: a launch decision
  std::vector<Symbol> replaces;         ///< those of other releases too; see Replaced()
  std::string_view replaces_what = {};  ///< which part of them: "on the R layers"
  std::string_view why;                 ///< why the backend alone does not do
  Need (*need)(const Context& context);
  Proof proof;
  std::string_view without;        ///< what happens when it is missing, with the cost
  std::string_view measured = {};  ///< the recorded run or page behind the cost
  std::string_view source;
  std::string_view gate = "policy.seams.required";  ///< the field that switches it on
  /// What switches it on in the project that |source| names: "CPPMEGA_INDEX_CACHE".
  std::string_view upstream_gate = {};
  std::vector<std::string_view> imports = {};  ///< modules beside its own that must import
  /// Ids of the seams that must be applied before this one, when both are.
  std::vector<std::string_view> after = {};
  /// Fields that parametrise it and that no flag carries: "recipe.m2rnn.key_head_dim".
  std::vector<std::string_view> settings = {};
};

/// Every seam, by group and in an order that satisfies every |after|.
std::span<const Seam> Registry();
const Seam* Find(std::string_view id);

/// |seams| so ordered that each stands behind those that its |after| names, otherwise as they were.
/// An unknown id or a cycle in the data is a std::logic_error.
std::vector<Seam> InApplicationOrder(std::vector<Seam> seams);

/// The symbols that |seam| replaces in the release of |dialect|.
std::vector<Symbol> Replaced(const Seam& seam, std::string_view dialect);

/// The Python module that carries a seam out: "nam56r_seams.index_cache".
std::string ProviderModule(std::string_view id);

/// "required", "recommended", ...
std::string_view LevelName(Need::Level level);
/// "symbols", "layers", "model", "run".
std::string_view ScopeName(Proof::Scope scope);

/// What an interpreter can test before launch: |module| imports, and has |attribute| if one is
/// named.
struct Check {
  std::string module;
  std::string attribute;
};

/// What a built model must show.
struct ProofCheck {
  std::string scope;  ///< ScopeName()
  std::string path;
  std::string expect;
};

/// A seam that a launch depends on.
struct SeamUse {
  std::string id;
  std::string family;
  std::string replaces;  ///< the symbols of this release, and which part of them
  std::string why;       ///< the predicate that made it part of the launch
  std::vector<std::string> layers;
  Need::Level level = Need::Level::kRequired;
  std::string gate;
  std::string probe;  ///< |checks| as a sentence
  std::string proof;
  std::string without;
  /// Variable to value, read at model build: "NAM56R_M2RNN_KEY_HEAD_DIM" to "64".
  std::map<std::string, std::string> settings;
  /// Whether the seam is recorded but not applied, because the dialect rewrites what asks for it.
  bool recorded_only = false;
  std::vector<std::string> fields;  ///< what asks for it: "recipe.model.pattern"
  std::vector<Check> checks;
  ProofCheck proof_check;
  std::vector<std::string> after;  ///< of the seams in this launch, those applied before it
  std::string measured;
  std::string source;
};

/// "recipe.m2rnn.key_head_dim" -> "NAM56R_M2RNN_KEY_HEAD_DIM".
std::string SettingVariable(std::string_view field);

/// The settings of |seam| in this launch, by variable: integers and decimals as they are, "true" or
/// "false", lists joined by ','.
std::map<std::string, std::string> SettingsOf(const Seam& seam, const Context& context);

/// The need of |seam| on the dialect of |context|: that of its predicate, unless the release has
/// nothing to put it on.
Need NeedOf(const Seam& seam, const Context& context);

struct Collected {
  std::vector<SeamUse> uses;   ///< in the order in which they are applied
  base::Diagnostics warnings;  ///< SEAM0003: listed, but nothing here uses it; SEAM0005
};

/// Holds seams.required against what the launch needs. All errors at once: SEAM0001 an id that the
/// registry does not know; SEAM0002 a launch decision that only a seam carries out, and the seam is
/// not listed; SEAM0004 a seam that this launch forbids, listed or asked for; SEAM0006 an id that
/// is listed twice; DIALECT0001 everything of the model that the dialect cannot express and no
/// listed seam carries, in one finding. Warnings: SEAM0003 listed, but nothing here uses it;
/// SEAM0005 recommended and not listed, with the cost. The native dialect has no seams: there the
/// list must be empty, and src/dialect/native.h says so.
base::Expected<Collected> Collect(const Context& context);

}  // namespace nam56r::seams
