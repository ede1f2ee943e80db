#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/dialect/dest.h"
#include "src/dialect/parse_problem.h"
#include "src/dialect/release.h"
#include "src/dialect/release_range.h"
#include "src/dialect/surface_index.h"

namespace nam56r::dialect {

/// What a release looks at besides its command line.
struct Surroundings {
  std::int64_t world_size = 1;
  std::map<std::string, std::string> environment = {};
  /// Major compute capability: 9 Hopper, 10 and above Blackwell. A contract does not know its host;
  /// Hopper asks for the most.
  int architecture = 9;
  bool knows_architecture = false;  ///< whether it is a host's and not that guess
  /// What Python can import there, by the names it imports them by. Unset: not known.
  std::optional<std::set<std::string, std::less<>>> packages = {};
  /// Version of Transformer Engine there: {2, 13}. Unset: not known.
  std::optional<std::pair<int, int>> transformer_engine = {};
  std::optional<std::int64_t> gpus = {};  ///< of all nodes together. Unset: not known
  /// Directories that the launcher empties before it starts.
  std::set<std::string, std::less<>> emptied = {};

  std::string Variable(const std::string& name) const;  ///< empty: not set
};

/// A command line as the release's parser sees it: every argument with its value, given or by
/// default. Reading is argparse's: "--flag=value", the last of two spellings wins, an argument
/// takes as many words as its nargs say, "-1" is a value and "-1e-5" a flag. What the parser would
/// stop at is in problems(); a value that is not of its type stays text, one that is missing is
/// null.
///
/// Rules that change values (rewrite_rules.h) and rules that refuse them (argument_rules.h) are
/// written over this view, so that they hold for a contract and for any command line alike. It is
/// laid out for many of both: a value costs one look into a table, a copy a few kilobytes.
class EffectiveArgs {
 public:
  using Json = nlohmann::json;
  /// Whole numbers beyond this count as it, so that a product of two of them fits: no layout, width
  /// or batch comes near. Counts of samples or tokens, and seeds, are left as they are.
  static constexpr std::int64_t kMostSize = (std::int64_t{1} << 31) - 1;
  static constexpr std::size_t kMostProblems = 64;
  static constexpr std::size_t kNoWord = ~std::size_t{0};

  EffectiveArgs(const Release& release, std::span<const std::string> argv,
                Surroundings surroundings = {});

  const Release& release() const { return *release_; }
  int minor() const { return release_->minor; }  ///< of the argument surface: 17 for nemo
  const Surroundings& surroundings() const { return *surroundings_; }

  /// In the order of the line; the first kMostProblems of problem_count().
  const std::vector<ParseProblem>& problems() const& { return problems_; }
  std::vector<ParseProblem> problems() && { return std::move(problems_); }
  std::size_t problem_count() const { return problem_count_; }
  bool Stops(ParseProblem::Kind kind) const;  ///< whether there is one of |kind|

  /// Whether the release's parser has it at all. Values of what it lacks read as null.
  bool Has(Dest dest) const { return index_->FindDest(dest) != SurfaceIndex::kNone; }
  bool Given(Dest dest) const;
  /// As it was given, or the spelling that comes first; empty for what the release lacks.
  std::string_view FlagOf(Dest dest) const;
  /// Where its flag (the last of several) stands in the command line; kNoWord: nowhere.
  std::size_t WordOf(Dest dest) const;

  const Json& Value(Dest dest) const;
  bool IsNull(Dest dest) const { return Value(dest).is_null(); }
  /// Python's truth: false for null, false, 0, "" and [].
  bool On(Dest dest) const;
  std::int64_t Int(Dest dest, std::int64_t otherwise = 0) const;
  double Number(Dest dest, double otherwise = 0) const;
  std::string Text(Dest dest) const { return std::string(View(dest)); }
  std::string_view View(Dest dest) const;  ///< empty unless it is text; until Set() or the end
  bool Is(Dest dest, std::string_view text) const { return View(dest) == text; }
  /// Whether a list, or a lone value, holds |item|.
  bool Lists(Dest dest, std::string_view item) const;
  std::size_t Size(Dest dest) const;  ///< elements; 0 for null

  /// What the release does to a value. Given() still tells what the command line did.
  void Set(Dest dest, Json value);

 private:
  class Reader;
  struct Slot {
    std::int16_t value = -1;  ///< index in values_; negative: the default stands
    std::uint16_t flag = 0;   ///< number of the spelling it was given by, plus 1; 0: not given
    std::uint32_t word = 0;
  };

  void Read(std::span<const std::string> argv);
  void Assign(Slot& slot, Json value);

  const Release* release_;
  const SurfaceIndex* index_;
  std::shared_ptr<const Surroundings> surroundings_;
  std::vector<Slot> slots_;  ///< by number of the dest
  std::deque<Json> values_;  ///< that are not defaults; a reference holds until it is set again
  std::vector<ParseProblem> problems_;
  std::size_t problem_count_ = 0;
};

/// a * b * c, or the nearest number that fits.
std::int64_t Product(std::initializer_list<std::int64_t> factors);

/// Sizes that validate_args derives and keeps beside the arguments.
std::int64_t DataParallel(const EffectiveArgs& args);
/// The pattern of layers; empty where none is given.
std::string LayerPattern(const EffectiveArgs& args);
/// Layers of the pattern's trunk.
std::int64_t LayersOfPattern(std::string_view pattern);
/// What stands between and after the pattern's '/'.
std::vector<std::string_view> MtpBlocks(std::string_view pattern);
/// Repetitions of the MTP block; blocks that are all empty count for nothing.
std::int64_t MtpDepthOfPattern(std::string_view pattern);
/// Model chunks a stage; 1: not interleaved.
std::int64_t VirtualStages(const EffectiveArgs& args);

}  // namespace nam56r::dialect
