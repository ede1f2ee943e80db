#include "src/launch/bisect/candidate.h"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <utility>

#include "src/check/contract_check.h"
#include "src/contract/diff_items.h"

namespace nam56r::launch::bisect {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> kSurfaces = {"plan", "policy", "seam", "dialect"};
constexpr std::size_t kRecipe = 7;  // "recipe."
constexpr std::size_t kPolicy = 7;  // "policy."

std::string SurfaceOf(const std::string& field) {
  if (field == "dialect") return "dialect";
  if (field.starts_with("recipe.")) return "plan";
  return field == "policy.seams.required" ? "seam" : "policy";
}

// Where a field stands among its own.
std::size_t PlaceOf(const std::string& field) {
  std::size_t place = 0;
  const bool recipe = field.starts_with("recipe.");
  const auto look = [&](const auto& schema, const std::string& key) {
    for (const auto& entry : schema) {
      if (entry.spec.key == key) return;
      ++place;
    }
  };
  if (recipe) look(recipe::Schema(), field.substr(kRecipe));
  if (field.starts_with("policy.")) look(policy::Schema(), field.substr(kPolicy));
  return place;
}

std::size_t SurfaceNumber(const std::string& surface) {
  return static_cast<std::size_t>(std::find(kSurfaces.begin(), kSurfaces.end(), surface) -
                                  kSurfaces.begin());
}

// Takes the field |key| from |from|; of a map only |element|, unless that is empty.
template <class T>
void Take(const base::Schema<T>& schema, const std::string& key, const std::string& element,
          const T& from, T& to) {
  using Map = std::map<std::string, std::string>;
  for (const base::Field<T>& field : schema) {
    if (field.spec.key != key) continue;
    auto value = base::internal::GetField(field, from);
    if (!element.empty()) {
      const Map source = std::get<Map>(value);
      Map target = std::get<Map>(base::internal::GetField(field, to));
      const auto it = source.find(element);
      if (it == source.end()) {
        target.erase(element);
      } else {
        target[element] = it->second;
      }
      value = std::move(target);
    }
    base::internal::SetField(field, to, std::move(value));
    return;
  }
  throw std::logic_error("no field " + key);
}

}  // namespace

Candidates::Candidates(const contract::ReadContract& good, const contract::ReadContract& bad,
                       std::int64_t steps, std::string today)
    : good_dialect_(good.dialect), bad_dialect_(bad.dialect), today_(std::move(today)) {
  good_recipe_.value = good.recipe;
  good_policy_.value = good.policy;
  bad_recipe_.value = bad.recipe;
  bad_policy_.value = bad.policy;
  const std::int64_t iters = good.policy.batch.train_iters;
  if (iters == bad.policy.batch.train_iters) steps_ = steps > 0 ? std::min(steps, iters) : iters;

  const contract::Items in_good = contract::ItemsOf(good.document);
  const contract::Items in_bad = contract::ItemsOf(bad.document);
  std::map<std::string, Difference> found;
  for (const bool second : {false, true}) {
    for (const auto& [name, decision] : (second ? in_bad : in_good).decisions) {
      Difference& difference = found[name];
      difference.name = name;
      difference.field = decision.field;
      difference.surface = SurfaceOf(decision.field);
      (second ? difference.bad : difference.good) = decision.value;
    }
  }
  for (auto& [name, difference] : found) {
    if (difference.good != difference.bad) differences_.push_back(std::move(difference));
  }
  std::stable_sort(differences_.begin(), differences_.end(),
                   [](const Difference& a, const Difference& b) {
                     return std::pair(SurfaceNumber(a.surface), PlaceOf(a.field)) <
                            std::pair(SurfaceNumber(b.surface), PlaceOf(b.field));
                   });
}

std::vector<std::size_t> Candidates::Surfaces() const {
  std::vector<std::size_t> surfaces;
  for (const Difference& difference : differences_) {
    surfaces.push_back(SurfaceNumber(difference.surface));
  }
  return surfaces;
}

base::Expected<Candidate> Candidates::Make(const ChangeSet& changes) const {
  base::Loaded<recipe::Recipe> recipe = good_recipe_;
  base::Loaded<policy::Policy> policy = good_policy_;
  std::string dialect = good_dialect_;
  for (const std::size_t change : changes) {
    const Difference& difference = differences_.at(change);
    const std::string& field = difference.field;
    const bool element = difference.name.size() > field.size();
    const std::string part = element ? difference.name.substr(field.size() + 1) : std::string();
    if (field == "dialect") {
      dialect = bad_dialect_;
    } else if (field.starts_with("recipe.")) {
      Take(recipe::Schema(), field.substr(kRecipe), part, bad_recipe_.value, recipe.value);
    } else {
      Take(policy::Schema(), field.substr(kPolicy), part, bad_policy_.value, policy.value);
    }
  }
  if (steps_ > 0) policy.value.batch.train_iters = steps_;
  auto contract = contract::Compile(recipe, policy, {dialect, today_});
  if (!contract) return contract.errors();
  // Rules on the backend's arguments beyond those that compiling holds.
  const check::Result checked = check::CheckLaunch(recipe, policy, dialect, today_).result;
  if (checked.refused()) {
    base::Diagnostics errors;
    for (const check::Finding& finding : checked.findings) {
      if (finding.waived || finding.diagnostic.severity != base::Severity::kError) continue;
      errors.push_back(finding.diagnostic);
    }
    return errors;
  }
  const json document = contract::ToJson(*contract);
  return Candidate{document.dump(2) + "\n", document.at("digest").get<std::string>()};
}

}  // namespace nam56r::launch::bisect
