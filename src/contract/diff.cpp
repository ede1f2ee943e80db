#include "src/contract/diff.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <stdexcept>

#include "src/base/schema.h"
#include "src/base/secrets.h"
#include "src/contract/contract.h"
#include "src/contract/diff_items.h"
#include "src/contract/provenance.h"

namespace nam56r::contract {
namespace {

using nlohmann::json;

constexpr std::string_view kSeamList = "policy.seams.required";
/// Beyond so many decisions nobody asks which of them a flag follows from; each costs two
/// compilations.
constexpr std::size_t kMaxTrials = 64;

constexpr std::array<std::string_view, 7> kGroups = {"plan", "policy",   "seam",   "dialect",
                                                     "host", "together", "version"};

template <class T>
void CopyField(const std::string& key, const base::Schema<T>& schema, const T& from, T& to) {
  for (const base::Field<T>& field : schema) {
    if (field.spec.key != key) continue;
    base::internal::SetField(field, to, base::internal::GetField(field, from));
    return;
  }
  throw std::logic_error("no field " + key);
}

/// Recipe, policy and dialect: what a contract is compiled from.
struct Inputs {
  base::Loaded<recipe::Recipe> recipe;
  base::Loaded<policy::Policy> policy;
  std::string dialect;

  static Inputs Of(const ReadContract& contract) {
    Inputs inputs;
    inputs.recipe.value = contract.recipe;
    inputs.policy.value = contract.policy;
    inputs.dialect = contract.dialect;
    return inputs;
  }

  /// Takes one field, or the dialect, from |other|.
  void Take(const std::string& field, const Inputs& other) {
    if (field == "dialect") {
      dialect = other.dialect;
    } else if (field.starts_with("recipe.")) {
      CopyField(field.substr(7), recipe::Schema(), other.recipe.value, recipe.value);
    } else {
      CopyField(field.substr(7), policy::Schema(), other.policy.value, policy.value);
    }
  }

  std::optional<Items> Compiled() const {
    auto contract = Compile(recipe, policy, {dialect});
    if (!contract) return std::nullopt;
    return ItemsOf(contract::ToJson(*contract));
  }
};

/// Which of the changed decisions a consequence follows from.
class Causes {
 public:
  Causes(const DiffSide& a, const DiffSide& b, const Items& in_a, const Items& in_b)
      : a_(Inputs::Of(*a.contract)), b_(Inputs::Of(*b.contract)), in_a_(in_a), in_b_(in_b) {}

  void Add(const std::string& field) {
    if (std::find(fields_.begin(), fields_.end(), field) == fields_.end()) fields_.push_back(field);
  }

  /// A changed field; "together" where it takes several, "version" where none changed.
  std::string Of(const std::string& name, const std::vector<std::string>& named_fields) {
    if (fields_.empty() || SameToday(name)) return "version";
    if (fields_.size() == 1) return fields_.front();
    // A dialect spells the same decision otherwise: a flag that comes or goes is the dialect's.
    const bool renamed = Find(in_a_, name) == nullptr || Find(in_b_, name) == nullptr;
    if (!renamed || !Changed("dialect")) {
      for (const std::string& field : named_fields) {
        if (Changed(field)) return field;
      }
    }
    if (const std::string field = ByTrial(name); !field.empty()) return field;
    for (const std::string& field : named_fields) {
      if (Changed(field)) return field;
    }
    return Changed("dialect") ? "dialect" : "together";
  }

  /// Whether every decision was tried alone where that was asked for.
  bool tried() const { return tried_; }

 private:
  struct Trial {
    std::string field;
    std::optional<Items> with;     ///< |a| with this one change
    std::optional<Items> without;  ///< |b| without it
  };

  static const json* Find(const Items& items, const std::string& name) {
    const auto it = items.consequences.find(name);
    return it == items.consequences.end() ? nullptr : &it->second.value;
  }
  static bool Same(const json* left, const json* right) {
    return left == nullptr || right == nullptr ? left == right : *left == *right;
  }
  /// Whether both sides' decisions compile to the same today: then a version wrote the difference.
  bool SameToday(const std::string& name) {
    if (!compiled_) {
      compiled_ = true;
      today_a_ = a_.Compiled();
      today_b_ = b_.Compiled();
    }
    return today_a_ && today_b_ && Same(Find(*today_a_, name), Find(*today_b_, name));
  }
  bool Changed(std::string_view field) const {
    return std::find(fields_.begin(), fields_.end(), field) != fields_.end();
  }

  const std::vector<Trial>& Trials() {
    if (fields_.size() > kMaxTrials) tried_ = false;
    if (!trials_.empty() || !tried_) return trials_;
    for (const std::string& field : fields_) {
      Inputs with = a_;
      with.Take(field, b_);
      Inputs without = b_;
      without.Take(field, a_);
      trials_.push_back({field, with.Compiled(), without.Compiled()});
    }
    return trials_;
  }

  std::string ByTrial(const std::string& name) {
    const json* before = Find(in_a_, name);
    const json* after = Find(in_b_, name);
    for (const Trial& trial : Trials()) {
      if (trial.with && Same(Find(*trial.with, name), after)) return trial.field;
    }
    for (const Trial& trial : Trials()) {
      if (trial.with && !Same(Find(*trial.with, name), before)) return trial.field;
      if (!trial.with && trial.without && !Same(Find(*trial.without, name), after)) {
        return trial.field;
      }
    }
    return {};
  }

  Inputs a_;
  Inputs b_;
  const Items& in_a_;
  const Items& in_b_;
  std::vector<std::string> fields_;
  std::vector<Trial> trials_;
  bool tried_ = true;
  bool compiled_ = false;
  std::optional<Items> today_a_;
  std::optional<Items> today_b_;
};

Change MakeChange(const std::string& name, const json* from, const json* to) {
  Change change;
  change.name = name;
  change.sign = from == nullptr ? Sign::kAdded : to == nullptr ? Sign::kRemoved : Sign::kChanged;
  if (from != nullptr) change.from = *from;
  if (to != nullptr) change.to = *to;
  return change;
}

/// For each name of either map that differs: name, value in |a|, value in |b| (null: not there).
template <class Map, class Visit>
void ForEachDifference(const Map& a, const Map& b, Visit visit) {
  std::set<std::string> names;
  for (const auto& [name, item] : a) names.insert(name);
  for (const auto& [name, item] : b) names.insert(name);
  for (const std::string& name : names) {
    const auto in_a = a.find(name);
    const auto in_b = b.find(name);
    const auto* from = in_a == a.end() ? nullptr : &in_a->second;
    const auto* to = in_b == b.end() ? nullptr : &in_b->second;
    if (from == nullptr || to == nullptr || from->value != to->value) visit(name, from, to);
  }
}

std::string GroupOf(const std::string& field) {
  if (field == "dialect" || field == "together" || field == "version") return field;
  if (field == kSeamList) return "seam";
  return field.starts_with("recipe.") ? "plan" : "policy";
}

/// The groups while they are filled.
class Groups {
 public:
  std::vector<Change>& operator[](std::string_view name) { return changes_[std::string(name)]; }

  /// The change of |field|, or of one of its elements, to which what follows is added.
  Change& Cause(const std::string& field) {
    std::vector<Change>& group = changes_[GroupOf(field)];
    for (Change& change : group) {
      if (change.name == field || change.name.starts_with(field + ".")) return change;
    }
    group.push_back({});
    group.back().name = field;
    return group.back();
  }

  std::vector<ChangeGroup> Take() {
    std::vector<ChangeGroup> groups;
    for (const std::string_view name : kGroups) {
      auto it = changes_.find(name);
      if (it != changes_.end() && !it->second.empty()) {
        groups.push_back({std::string(name), std::move(it->second)});
      }
    }
    return groups;
  }

 private:
  std::map<std::string, std::vector<Change>, std::less<>> changes_;
};

std::vector<std::string> Strings(const json& list) {
  std::vector<std::string> strings;
  for (const json& item : list) strings.push_back(item.get<std::string>());
  return strings;
}

// The list of seams as its elements; "order" when only that differs.
void AddSeamList(const json& from, const json& to, const std::string& from_origin,
                 const std::string& to_origin, std::vector<Change>& group) {
  const std::vector<std::string> before = Strings(from);
  const std::vector<std::string> after = Strings(to);
  const auto add = [&](Sign sign, const std::string& id) {
    Change change;
    change.sign = sign;
    change.name = "seam " + id;
    (sign == Sign::kAdded ? change.to_origin : change.from_origin) =
        sign == Sign::kAdded ? to_origin : from_origin;
    group.push_back(std::move(change));
  };
  for (const std::string& id : before) {
    if (std::find(after.begin(), after.end(), id) == after.end()) add(Sign::kRemoved, id);
  }
  for (const std::string& id : after) {
    if (std::find(before.begin(), before.end(), id) == before.end()) add(Sign::kAdded, id);
  }
  if (group.empty()) {
    group.push_back({Sign::kChanged, "seams.required", from, to, from_origin, to_origin, {}});
  }
}

// "slots.003" and its like become one entry: which of them differ.
void FoldElements(std::vector<Change>& changes) {
  std::map<std::string, std::vector<std::string>> folded;
  std::vector<Change> kept;
  for (Change& change : changes) {
    const std::size_t dot = change.name.rfind('.');
    const bool element = change.name.starts_with("plan.") && dot > 4 &&
                         change.name.find_first_not_of("0123456789", dot + 1) == std::string::npos;
    if (!element) {
      kept.push_back(std::move(change));
      continue;
    }
    const std::string number = change.name.substr(dot + 1);
    folded[change.name.substr(0, dot)].push_back(
        number.substr(std::min(number.find_first_not_of('0'), number.size() - 1)));
  }
  for (const auto& [name, indices] : folded) {
    Change change;
    change.name = name;
    change.to = fmt::format("{} differ: {}", indices.size(), fmt::join(indices, ", "));
    kept.push_back(std::move(change));
  }
  changes = std::move(kept);
}

// One tensor list of a feature is a page; that it differs is enough.
void Shorten(Change& change) {
  if (!change.name.starts_with("plan.tensors.")) return;
  if (!change.from.is_null()) change.from = fmt::format("{} tensors", change.from.size());
  if (!change.to.is_null()) change.to = fmt::format("{} tensors", change.to.size());
  if (change.sign == Sign::kChanged && change.from == change.to) {
    change.to = change.to.get<std::string>() + " of other shapes";
  }
}

json Shown(const std::string& name, const json& value) {
  const bool secret = base::NamesSecret(name.substr(name.rfind('.') + 1)) ||
                      (value.is_string() && base::LooksLikeSecret(value.get<std::string>()));
  return secret ? json("<redacted>") : value;
}

void Flatten(const json& value, const std::string& name, std::map<std::string, Consequence>& flat) {
  if (!value.is_object()) {
    flat[name] = {value, {}};
    return;
  }
  for (const auto& [key, member] : value.items()) Flatten(member, name + "." + key, flat);
}

void AddHost(const json& a, const json& b, std::vector<Change>& group) {
  std::map<std::string, Consequence> in_a;
  std::map<std::string, Consequence> in_b;
  Flatten(a, "host", in_a);
  Flatten(b, "host", in_b);
  ForEachDifference(
      in_a, in_b, [&](const std::string& name, const Consequence* from, const Consequence* to) {
        Change change = MakeChange(name, from ? &from->value : nullptr, to ? &to->value : nullptr);
        change.from = Shown(name, change.from);
        change.to = Shown(name, change.to);
        group.push_back(std::move(change));
      });
}

/// Whether a seam of |document| hands on the variable or shows up as the thing |name|.
bool SeamHas(const json& document, const std::string& id, const std::string& name) {
  if (name == "seam " + id) return true;
  for (const json& use : document.at("seams")) {
    if (use.value("id", std::string()) != id) continue;
    const json settings = use.value("settings", json::object());
    for (const auto& [variable, text] : settings.items()) {
      if (VariableKey(variable) == name) return true;
    }
  }
  return false;
}

/// The seam of the list that brought |name| along; the first of them where none says so.
Change& SeamBehind(std::vector<Change>& seams, const json& doc_a, const json& doc_b,
                   const std::string& name) {
  for (Change& seam : seams) {
    if (!seam.name.starts_with("seam ")) continue;
    const std::string id = seam.name.substr(5);
    if (SeamHas(doc_a, id, name) || SeamHas(doc_b, id, name)) return seam;
  }
  return seams.front();
}

// Seams are a surface of their own: what made one part of the launch is said beside it.
void AddSeamUse(Change change, const std::string& cause, std::vector<Change>& group) {
  for (Change& listed : group) {
    if (listed.name != change.name) continue;
    if (listed.from.is_null()) listed.from = std::move(change.from);
    if (listed.to.is_null()) listed.to = std::move(change.to);
    return;
  }
  const std::string why =
      "follows from " + (cause == "together" ? std::string("several of these changes") : cause);
  (change.sign == Sign::kRemoved ? change.from_origin : change.to_origin) = why;
  group.push_back(std::move(change));
}

std::size_t MovedOrigins(const json& a, const json& b, const Items& in_a, const Items& in_b) {
  std::size_t moved = 0;
  const json& of_b = b.at("provenance");
  for (const auto& [name, entry] : a.at("provenance").items()) {
    const auto other = of_b.find(name);
    if (other == of_b.end() || *other == entry) continue;
    const auto from = in_a.decisions.find(name);
    const auto to = in_b.decisions.find(name);
    if (from != in_a.decisions.end() && to != in_b.decisions.end() &&
        from->second.value == to->second.value) {
      ++moved;
    }
  }
  return moved;
}

std::string Joined(const std::vector<std::string>& names) {
  if (names.size() == 1) return names.front();
  return fmt::format("{} and {}", fmt::join(names.begin(), names.end() - 1, ", "), names.back());
}

std::string Sentence(const Diff& diff) {
  struct Named {
    std::string_view group;
    std::string_view name;
  };
  constexpr std::array kNames = {Named{"plan", "the model"}, Named{"policy", "the launch policy"},
                                 Named{"seam", "the seams"}, Named{"dialect", "the dialect"},
                                 Named{"host", "the host"}};
  const auto has = [&](std::string_view group) {
    return std::any_of(diff.groups.begin(), diff.groups.end(),
                       [&](const ChangeGroup& g) { return g.name == group; });
  };
  if (diff.same()) {
    return diff.moved == 0
               ? "Nothing changed: the contracts are the same."
               : "Only the provenance changed: the same contract, from other files or lines.";
  }
  if (has("version") && diff.groups.size() == 1) {
    return "The inputs are the same and what they compile to is not: the contracts were written by "
           "different versions.";
  }
  std::vector<std::string> changed;
  std::vector<std::string> same;
  for (const Named& named : kNames) {
    if (has(named.group)) {
      changed.emplace_back(named.name);
    } else if (named.group != "dialect" && (named.group != "host" || diff.hosts_compared)) {
      same.emplace_back(named.name);
    }
  }
  const std::string version =
      has("version") ? " Some of what follows was written by another version." : "";
  if (changed.size() == 1) return fmt::format("Only {} changed.{}", changed.front(), version);
  std::string sentence = Joined(changed) + " changed";
  sentence.front() = 'T';
  if (!same.empty()) {
    sentence += fmt::format("; {} {} the same", Joined(same),
                            same.size() > 1 || same.front().ends_with('s') ? "are" : "is");
  }
  return sentence + "." + version;
}

json ChangeJson(const Change& change) {
  json follows = json::array();
  for (const Change& below : change.follows) follows.push_back(ChangeJson(below));
  return {{"sign", std::string(1, SignCharacter(change.sign))},
          {"name", change.name},
          {"from", change.from},
          {"to", change.to},
          {"from_origin", change.from_origin},
          {"to_origin", change.to_origin},
          {"follows", std::move(follows)}};
}

}  // namespace

char SignCharacter(Sign sign) {
  switch (sign) {
    case Sign::kAdded:
      return '+';
    case Sign::kRemoved:
      return '-';
    case Sign::kChanged:
      return '~';
  }
  throw std::logic_error("sign without a character");
}

Diff Compare(const DiffSide& a, const DiffSide& b) {
  const json& doc_a = a.contract->document;
  const json& doc_b = b.contract->document;
  const Items in_a = ItemsOf(doc_a);
  const Items in_b = ItemsOf(doc_b);
  Groups groups;
  Causes causes(a, b, in_a, in_b);

  ForEachDifference(in_a.decisions, in_b.decisions,
                    [&](const std::string& name, const Decision* from, const Decision* to) {
                      const std::string& field = from != nullptr ? from->field : to->field;
                      causes.Add(field);
                      const std::string from_origin = OriginOf(doc_a, name);
                      const std::string to_origin = OriginOf(doc_b, name);
                      if (field == kSeamList) {
                        AddSeamList(from->value, to->value, from_origin, to_origin, groups["seam"]);
                        return;
                      }
                      Change change = MakeChange(name, from ? &from->value : nullptr,
                                                 to ? &to->value : nullptr);
                      change.from_origin = from_origin;
                      change.to_origin = to_origin;
                      groups[GroupOf(field)].push_back(std::move(change));
                    });

  ForEachDifference(
      in_a.consequences, in_b.consequences,
      [&](const std::string& name, const Consequence* from, const Consequence* to) {
        Change change = MakeChange(name, from ? &from->value : nullptr, to ? &to->value : nullptr);
        const std::string cause = causes.Of(name, (to != nullptr ? to : from)->fields);
        if (name.starts_with("seam ") && cause != "version") {
          AddSeamUse(std::move(change), cause, groups["seam"]);
          return;
        }
        change.from_origin = OriginOf(doc_a, name);
        change.to_origin = OriginOf(doc_b, name);
        Shorten(change);
        if (cause == "together" || cause == "version") {
          groups[cause].push_back(std::move(change));
        } else if (cause == kSeamList && !groups["seam"].empty()) {
          SeamBehind(groups["seam"], doc_a, doc_b, name).follows.push_back(std::move(change));
        } else {
          groups.Cause(cause).follows.push_back(std::move(change));
        }
      });

  Diff diff;
  if (a.host && b.host) {
    diff.hosts_compared = true;
    AddHost(*a.host, *b.host, groups["host"]);
  }
  diff.groups = groups.Take();
  for (ChangeGroup& group : diff.groups) {
    FoldElements(group.changes);
    for (Change& change : group.changes) FoldElements(change.follows);
  }
  diff.moved = MovedOrigins(doc_a, doc_b, in_a, in_b);
  diff.causes_tried = causes.tried();
  diff.summary = Sentence(diff);
  return diff;
}

ChangeCounts CountChanges(const Diff& diff) {
  ChangeCounts counts;
  for (const ChangeGroup& group : diff.groups) {
    for (const Change& change : group.changes) {
      counts.following += change.follows.size();
      switch (change.sign) {
        case Sign::kAdded:
          ++counts.added;
          break;
        case Sign::kRemoved:
          ++counts.removed;
          break;
        case Sign::kChanged:
          ++counts.changed;
          break;
      }
    }
  }
  return counts;
}

json ToJson(const Diff& diff) {
  json groups = json::array();
  for (const ChangeGroup& group : diff.groups) {
    json changes = json::array();
    for (const Change& change : group.changes) changes.push_back(ChangeJson(change));
    groups.push_back({{"group", group.name}, {"changes", std::move(changes)}});
  }
  const ChangeCounts counts = CountChanges(diff);
  return {{"verdict", diff.same() ? "same" : "different"},
          {"summary", diff.summary},
          {"hosts_compared", diff.hosts_compared},
          {"causes_tried", diff.causes_tried},
          {"moved", diff.moved},
          {"counts",
           {{"added", counts.added},
            {"removed", counts.removed},
            {"changed", counts.changed},
            {"following", counts.following}}},
          {"groups", std::move(groups)}};
}

}  // namespace nam56r::contract
