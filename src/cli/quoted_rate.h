#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "src/base/expected.h"
#include "src/base/schema.h"
#include "src/plan/flops_rate.h"
#include "src/recipe/recipe.h"

namespace nam56r::cli {

/// A TFLOP/s that somebody quotes, with what it takes to know which count of operations it stands
/// on: tokens a second, or the step's time and its sequences. 0: not given.
struct QuotedRate {
  double tflops_per_gpu = 0;
  std::int64_t gpus = 0;
  double tokens_per_second = 0;
  double step_ms = 0;
  std::int64_t sequences = 0;
};

/// MTP depths for which a recipe without a policy is counted.
inline constexpr std::int64_t kShownDepths[] = {0, 1, 2};

struct TracedRate {
  struct Match {
    std::int64_t mtp_depth = 0;
    plan::CountMatch count;
  };
  double flops_per_token = 0;
  std::vector<Match> matches;  ///< counts of the recipe at MTP depths 0 to 2, nearest first
};

/// Nothing when no rate was quoted. Errors, all PLAN0101: a rate with nothing to divide it
/// by, one way of saying how fast it went given by half, or both ways at once.
base::Expected<std::optional<TracedRate>> Trace(const QuotedRate& quoted,
                                                const base::Loaded<recipe::Recipe>& recipe,
                                                plan::Cuts cuts);

std::string TracedText(const TracedRate& traced);
nlohmann::json ToJson(const TracedRate& traced);

}  // namespace nam56r::cli
