#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "src/base/units.h"
#include "src/cli/commands.h"
#include "src/cli/quoted_rate.h"
#include "src/contract/derived.h"
#include "src/plan/plan.h"
#include "src/policy/policy.h"
#include "src/recipe/recipe.h"
#include "src/report/plan_text.h"
#include "src/report/text_table.h"

namespace nam56r::cli {
namespace {

// MTP depth is policy; without one the totals are shown for these, and the plan for the middle one.
constexpr std::int64_t kAssumedDepth = 1;

struct DepthTotals {
  std::int64_t depth;
  std::int64_t total;
  std::int64_t active;
};

std::vector<DepthTotals> TotalsByDepth(const base::Loaded<recipe::Recipe>& recipe,
                                       plan::Cuts cuts) {
  std::vector<DepthTotals> totals;
  for (const std::int64_t depth : kShownDepths) {
    cuts.mtp_depth = depth;
    // A recipe without an MTP block has no deeper totals.
    if (auto plan = plan::Expand(recipe, cuts)) {
      totals.push_back({depth, plan->total_parameters, plan->active_parameters});
    }
  }
  return totals;
}

}  // namespace

int RunPlan(const PlanArguments& arguments, const Terminal& terminal) {
  auto recipe = recipe::Load(arguments.recipe);
  if (!recipe) return Refuse(recipe.errors(), terminal);

  plan::Cuts cuts;
  cuts.mtp_depth = kAssumedDepth;
  plan::CutsOrigin origin;
  std::string depth_note = "assumed: no policy was given";
  if (!arguments.policy.empty()) {
    auto policy = policy::Load(arguments.policy);
    if (!policy) return Refuse(policy.errors(), terminal);
    cuts = contract::CutsOf(policy->value);
    origin = contract::CutsOriginOf(*policy);
    depth_note = base::ToString(policy->At("mtp.depth"));
  } else {
    // A pattern that is cut shows its cuts: a stage for each piece.
    const std::string& pattern = recipe->value.model.pattern;
    cuts.pipeline_parallel = 1 + std::count(pattern.begin(), pattern.end(), '|');
  }
  auto plan = plan::Expand(*recipe, cuts, origin);
  if (!plan) return Refuse(plan.errors(), terminal);
  const std::vector<DepthTotals> totals = TotalsByDepth(*recipe, cuts);
  const auto traced = Trace(arguments.quoted, *recipe, cuts);
  if (!traced) return Refuse(traced.errors(), terminal);

  if (terminal.format == Format::kJson) {
    nlohmann::json json = plan::ToJson(*plan);
    for (const DepthTotals& row : totals) {
      json["parameters"]["by_mtp_depth"].push_back(
          {{"mtp_depth", row.depth}, {"total", row.total}, {"active", row.active}});
    }
    if (*traced) json["quoted_rate"] = ToJson(**traced);
    terminal.out << json.dump(2) << '\n';
    return kDone;
  }
  terminal.out << report::PlanText(*plan, recipe::DisplayName(recipe->value.model), depth_note);
  report::TextTable table({{"MTP depth", report::TextTable::kRight},
                           {"total", report::TextTable::kRight},
                           {"active", report::TextTable::kRight}});
  for (const DepthTotals& row : totals) {
    table.Add({std::to_string(row.depth), base::WithThousands(row.total),
               base::WithThousands(row.active)});
  }
  terminal.out << '\n' << table.Text(2);
  if (*traced) terminal.out << '\n' << TracedText(**traced);
  return kDone;
}

}  // namespace nam56r::cli
