#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/contract/reader.h"

/// What is not the same in two contracts, and why.
namespace nam56r::contract {

enum class Sign { kAdded, kRemoved, kChanged };

/// '+', '-', '~'.
char SignCharacter(Sign sign);

struct Change {
  Sign sign = Sign::kChanged;
  /// A field ("recipe.moe.num_experts"), "flag --num-experts", "environment NCCL_IB_SL",
  /// "derived.data_parallel", "plan.parameters.total", "seam mamba3-mixer", "rewrite num_layers",
  /// "launch --load" (bound at launch), "host.machine.name", "dialect".
  std::string name;
  nlohmann::json from;  ///< null where it was not there
  nlohmann::json to;
  std::string from_origin;  ///< "policies/a.toml:12"; empty where nothing is known
  std::string to_origin;
  std::vector<Change> follows;  ///< what changed because of this, and of nothing else
};

/// A group of changes: one surface, or the choice of the backend's words.
struct ChangeGroup {
  /// "plan", "policy", "seam", "host", "dialect"; "together": what follows from several changes at
  /// once; "version": what differs although nothing that was decided does.
  std::string name;
  std::vector<Change> changes;
};

/// One side: a contract and, where it was launched, the host that it was bound to.
struct DiffSide {
  const ReadContract* contract = nullptr;
  std::optional<nlohmann::json> host;  ///< host.json of a receipt
};

struct Diff {
  std::string summary;              ///< one sentence: which of the surfaces changed
  std::vector<ChangeGroup> groups;  ///< those with changes, in the order above
  std::size_t moved = 0;            ///< values that are the same and come from another line
  bool hosts_compared = false;
  /// False where so many decisions differ that none was tried alone: what follows from which of
  /// them is then known only as far as the provenance says.
  bool causes_tried = true;

  bool same() const { return groups.empty(); }
};

/// Decisions (fields, dialect, host) are changes of their own. What follows from a decision (flags,
/// sizes, rewrites) stands below it: by the provenance where that names a changed field, otherwise
/// found by compiling |a| with that one change, and |b| without it. What differs although both
/// sides' decisions compile to the same today is the version's. A seam stands in the group of
/// the seams, whatever made it part of the launch. Values of the host that look like secrets are
/// not shown.
Diff Compare(const DiffSide& a, const DiffSide& b);

/// {"verdict":"same"|"different","summary","hosts_compared","causes_tried","moved","counts":{"added","removed",
/// "changed","following"},"groups":[{"group","changes":[{"sign","name","from","to","from_origin",
/// "to_origin","follows":[...]}]}]}
nlohmann::json ToJson(const Diff& diff);

struct ChangeCounts {
  std::size_t added = 0;
  std::size_t removed = 0;
  std::size_t changed = 0;
  std::size_t following = 0;  ///< changes below another
};
ChangeCounts CountChanges(const Diff& diff);

}  // namespace nam56r::contract
