#include "src/cli/quoted_rate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "src/base/units.h"
#include "src/report/text_table.h"

namespace nam56r::cli {
namespace {

constexpr std::size_t kShown = 6;

base::Diagnostic Incomplete() {
  base::Diagnostic error;
  error.code = "PLAN0101";
  error.surface = base::Surface::kPlan;
  error.message =
      "a TFLOP/s alone names no model: how many operations a token stand behind it also depends on "
      "the GPUs and on how fast the tokens went";
  error.fields = {"--quoted-tflops", "--gpus", "--tokens-per-second", "--step-ms", "--sequences"};
  error.fix =
      "give --gpus N with --tokens-per-second X (of all GPUs), or with --step-ms T --sequences B";
  return error;
}

base::Diagnostic TwoWays() {
  base::Diagnostic error = Incomplete();
  error.message = "the speed is given twice: by tokens a second, and by the time of a step";
  error.fields = {"--tokens-per-second", "--step-ms", "--sequences"};
  error.fix = "leave one of the two out: --tokens-per-second, or --step-ms with --sequences";
  return error;
}

}  // namespace

base::Expected<std::optional<TracedRate>> Trace(const QuotedRate& quoted,
                                                const base::Loaded<recipe::Recipe>& recipe,
                                                plan::Cuts cuts) {
  const bool by_rate = quoted.tokens_per_second > 0;
  const bool names_step = quoted.step_ms > 0 || quoted.sequences > 0;
  const bool by_step = quoted.step_ms > 0 && quoted.sequences > 0;
  const bool any = quoted.tflops_per_gpu > 0 || quoted.gpus > 0 || quoted.tokens_per_second > 0 ||
                   quoted.step_ms > 0 || quoted.sequences > 0;
  if (!any) return std::optional<TracedRate>();
  if (by_rate && names_step) return TwoWays();
  if (quoted.tflops_per_gpu <= 0 || quoted.gpus <= 0 || (!by_rate && !by_step)) {
    return Incomplete();
  }
  TracedRate traced;
  traced.flops_per_token =
      by_rate
          ? plan::FlopsPerTokenFrom(quoted.tflops_per_gpu, quoted.gpus, quoted.tokens_per_second)
          : plan::FlopsPerTokenFrom(quoted.tflops_per_gpu,
                                    {.world_size = quoted.gpus,
                                     .sequences = quoted.sequences,
                                     .seq_length = recipe.value.model.seq_length,
                                     .seconds = quoted.step_ms / 1e3});
  for (const std::int64_t depth : kShownDepths) {
    cuts.mtp_depth = depth;
    const auto plan = plan::Expand(recipe, cuts);
    if (!plan) continue;  // a recipe without an MTP block has no deeper counts
    for (plan::CountMatch& match : plan::MatchCounts(*plan, traced.flops_per_token)) {
      traced.matches.push_back({depth, std::move(match)});
    }
  }
  std::stable_sort(traced.matches.begin(), traced.matches.end(),
                   [](const TracedRate::Match& a, const TracedRate::Match& b) {
                     return std::abs(a.count.relative) < std::abs(b.count.relative);
                   });
  return std::optional(std::move(traced));
}

std::string TracedText(const TracedRate& traced) {
  report::TextTable table({{"counted by"},
                           {"MTP depth", report::TextTable::kRight},
                           {"FLOPs a token", report::TextTable::kRight},
                           {"off", report::TextTable::kRight}});
  for (std::size_t i = 0; i < std::min(kShown, traced.matches.size()); ++i) {
    const TracedRate::Match& match = traced.matches[i];
    table.Add({match.count.count, std::to_string(match.mtp_depth),
               base::WithThousands(match.count.flops),
               fmt::format("{:+.1f} %", 100 * match.count.relative)});
  }
  return fmt::format("the quoted rate stands on {:.2f} G operations a token; nearest counts\n{}",
                     traced.flops_per_token / 1e9, table.Text(2));
}

nlohmann::json ToJson(const TracedRate& traced) {
  nlohmann::json matches = nlohmann::json::array();
  for (const TracedRate::Match& match : traced.matches) {
    matches.push_back({{"count", match.count.count},
                       {"mtp_depth", match.mtp_depth},
                       {"flops_per_token", match.count.flops},
                       {"relative", match.count.relative}});
  }
  return {{"flops_per_token", traced.flops_per_token}, {"matches", std::move(matches)}};
}

}  // namespace nam56r::cli
