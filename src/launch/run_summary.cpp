#include "src/launch/run_summary.h"

#include <cmath>

#include "src/launch/event_number.h"

namespace nam56r::launch {

SummaryBuilder::SummaryBuilder(const contract::ReadContract& contract)
    : tokens_per_step_(contract.policy.batch.global_batch_size * contract.recipe.model.seq_length) {
  const policy::Layout& layout = contract.policy.layout;
  for (std::int64_t rank = 0; rank < layout.world_size; ++rank) {
    summary_.parameters_per_rank.push_back(plan::ParametersOnRank(
        contract.plan, StageOfRank(layout, rank),
        {layout.tensor_parallel, layout.expert_parallel, layout.expert_tensor_parallel}));
  }
}

void SummaryBuilder::Feed(const RankEvent& event, double seconds) {
  const std::string kind = EventKind(event.event);
  const auto loss = EventNumber(event.event, "loss");
  if (kind == "validation" && loss) summary_.validation_loss = loss;
  if (kind == "done") summary_.tokens_per_second = FiniteEventNumber(event.event, "tokens_per_s");
  if (kind != "step") return;

  const auto step = FiniteEventNumber(event.event, "step");
  if (step && std::abs(*step) < 1e15) {
    const auto number = static_cast<std::int64_t>(*step);
    if (!summary_.steps) {
      first_step_ = number;
      first_step_at_ = seconds;
    }
    if (!summary_.steps || number > *summary_.steps) {
      summary_.steps = number;
      last_step_at_ = seconds;
    }
  }
  if (loss && !summary_.first_loss) summary_.first_loss = loss;
  if (loss) summary_.last_loss = loss;
  if (const auto mtp = EventNumber(event.event, "mtp_loss")) summary_.last_mtp_loss = mtp;
}

RunSummary SummaryBuilder::Summary() const {
  RunSummary summary = summary_;
  const double seconds = last_step_at_ - first_step_at_;
  if (!summary.tokens_per_second && summary.steps && *summary.steps > first_step_ && seconds > 0) {
    const auto steps = static_cast<double>(*summary.steps - first_step_);
    summary.tokens_per_second = steps * static_cast<double>(tokens_per_step_) / seconds;
  }
  return summary;
}

nlohmann::json ToJson(const RunSummary& summary) {
  nlohmann::json json = {{"parameters_per_rank", summary.parameters_per_rank}};
  // A loss that is no number is told as a word: null would read as "not reported".
  const auto add = [&](const char* key, const std::optional<double>& value) {
    if (!value) return;
    if (std::isnan(*value)) {
      json[key] = "NaN";
    } else if (std::isinf(*value)) {
      json[key] = *value < 0 ? "-Infinity" : "Infinity";
    } else {
      json[key] = *value;
    }
  };
  if (summary.steps) json["steps"] = *summary.steps;
  add("first_loss", summary.first_loss);
  add("last_loss", summary.last_loss);
  add("last_mtp_loss", summary.last_mtp_loss);
  add("validation_loss", summary.validation_loss);
  add("tokens_per_second", summary.tokens_per_second);
  return json;
}

}  // namespace nam56r::launch
