#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/launch/engine.h"

/// Whether the seams of a Megatron run took effect, from what its ranks report (docs/events.md:
/// "seam", "model_built", "first_step", "bootstrap_failed").
namespace nam56r::launch {

/// A seam that must prove itself, and where.
struct RequiredSeam {
  std::string id;
  std::string without = {};           ///< what the run is when it is missing
  std::set<std::string> places = {};  ///< "layer 12": each must be shown by some rank
  bool mtp = false;                   ///< some rank must show it inside an MTP depth
  bool by_event = false;  ///< told by the end of the first step rather than when the model is built
};

/// Of bootstrap.json (bootstrap_files.h). Anything of another shape is a std::logic_error: it was
/// made by BootstrapSettings.
std::vector<RequiredSeam> RequiredSeams(const nlohmann::json& bootstrap_settings);

/// Collects the proofs of one run.
///
///     SeamProofs proofs(RequiredSeams(settings), world_size);
///     options.on_event = [&](const RankEvent& e) {
///       if (auto why = proofs.Feed(e)) StopTheRun(*why);
///     };
class SeamProofs {
 public:
  SeamProofs(std::vector<RequiredSeam> required, std::int64_t world_size);

  /// Why the run must stop, once, as soon as that is certain: a rank's bootstrap failed; a seam did
  /// not prove itself on a rank; a rank reports its model, or its first step, and has not said a
  /// word of a seam that it should have told by then; all ranks have built and none shows a layer
  /// that a seam is for. Ranks are those that the events name, since one process may start several.
  std::optional<std::string> Feed(const RankEvent& event);

  /// What has not been proved so far, in the contract's order: "seam index-cache: ranks 2 and 3
  /// said nothing". Empty: every seam proved itself on every rank.
  std::vector<std::string> Missing() const;

  /// Whether the end of the run is owed to a seam: the reason that Feed gave, if it did.
  const std::optional<std::string>& stopped() const { return stopped_; }

  /// The surface class of that reason (cause.h): "seam"; of a bootstrap that failed before it came
  /// to the seams "stack" (another release) or "host".
  const std::string& surface_class() const { return surface_class_; }

  /// For the receipt's seam_proofs.json: {"format","world_size","stopped","seams":[{"id","proved",
  /// "missing","ranks":[{"rank","proved","where","why"}]}]}.
  nlohmann::json ToJson() const;

 private:
  struct Word {
    bool proved = false;
    std::vector<std::string> where;
    std::string why;
  };
  const std::map<std::int64_t, Word>& WordsOf(const std::string& id) const;
  std::optional<std::string> NoWord(std::int64_t rank, bool by_event) const;
  std::optional<std::string> NotShown(const RequiredSeam& seam) const;
  std::vector<std::string> MissingOf(const RequiredSeam& seam) const;
  std::optional<std::string> Judge(const RankEvent& event);

  std::vector<RequiredSeam> required_;
  std::int64_t world_size_;
  std::map<std::string, std::map<std::int64_t, Word>> words_;  // by seam, by rank
  std::set<std::int64_t> built_;
  std::optional<std::string> stopped_;
  std::string surface_class_ = "seam";
};

}  // namespace nam56r::launch
