#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/dialect/release.h"
#include "src/dialect/release_range.h"

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
/// default. Reading is Python's argparse: "--flag=value", the last of two spellings wins, a store
/// takes as many tokens as its nargs say. What no argument takes is kept in unread(); whether
/// values are legal is for Violations() (release.h).
///
/// Rules that change values (rewrite_rules.h) and rules that refuse them (argument_rules.h) are
/// written over this view, so that they hold for a contract and for any command line alike.
class EffectiveArgs {
 public:
  using Json = nlohmann::json;

  EffectiveArgs(const Release& release, std::span<const std::string> argv,
                Surroundings surroundings = {});

  const Release& release() const { return *release_; }
  int minor() const { return release_->minor; }  ///< of the argument surface: 17 for nemo
  const Surroundings& surroundings() const { return surroundings_; }
  const std::vector<std::string>& unread() const { return unread_; }

  /// Whether the release's parser has it at all. Values of what it lacks read as null.
  bool Has(std::string_view dest) const { return release_->FindDest(dest) != nullptr; }
  bool Given(std::string_view dest) const;
  /// As it was given, or the spelling that comes first; empty for what the release lacks.
  std::string_view FlagOf(std::string_view dest) const;

  const Json& Value(std::string_view dest) const;
  bool IsNull(std::string_view dest) const { return Value(dest).is_null(); }
  /// Python's truth: false for null, false, 0, "" and [].
  bool On(std::string_view dest) const;
  std::int64_t Int(std::string_view dest, std::int64_t otherwise = 0) const;
  double Number(std::string_view dest, double otherwise = 0) const;
  std::string Text(std::string_view dest) const;  ///< empty unless it is text
  bool Is(std::string_view dest, std::string_view text) const { return Text(dest) == text; }
  /// Whether a list, or a lone value, holds |item|.
  bool Lists(std::string_view dest, std::string_view item) const;
  std::size_t Size(std::string_view dest) const;  ///< elements; 0 for null

  /// What the release does to a value. Given() still tells what the command line did.
  void Set(std::string_view dest, Json value);

 private:
  void Read(std::span<const std::string> argv);

  const Release* release_;
  Surroundings surroundings_;
  std::map<std::string_view, std::string_view> flags_;
  mutable std::map<std::string_view, Json> values_;  ///< defaults are parsed when first asked for
  std::vector<std::string> unread_;
};

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
