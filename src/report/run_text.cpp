#include "src/report/run_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "src/base/units.h"
#include "src/base/utf8.h"
#include "src/contract/derived.h"
#include "src/launch/rank_names.h"
#include "src/plan/plan.h"
#include "src/report/text_table.h"

namespace nam56r::report {
namespace {

std::string Loss(const std::optional<double>& loss) {
  return loss ? fmt::format("{:.4f}", *loss) : "not reported";
}

// The layers of a stage as runs of neighbours: "1-6".
std::string LayersOf(const plan::Stage& stage) {
  std::string text;
  for (std::size_t i = 0; i < stage.slots.size();) {
    std::size_t last = i;
    while (last + 1 < stage.slots.size() && stage.slots[last + 1] == stage.slots[last] + 1) ++last;
    if (!text.empty()) text += ',';
    text += stage.slots[i] == stage.slots[last]
                ? std::to_string(stage.slots[i] + 1)
                : fmt::format("{}-{}", stage.slots[i] + 1, stage.slots[last] + 1);
    i = last + 1;
  }
  return text;
}

std::string FamiliesOf(const plan::Plan& plan, const plan::Stage& stage) {
  std::string letters;
  for (const std::int64_t slot : stage.slots) {
    letters += static_cast<char>(plan.slots[static_cast<std::size_t>(slot)].family);
  }
  return letters;
}

// Which way it went wrong, why, and what to do; nothing for a run that was done.
std::string EndingText(const launch::RunResult& result) {
  const launch::EngineResult& engine = result.engine;
  if (engine.ending == launch::Ending::kDone) return {};
  std::string text =
      fmt::format("  ending             {}{}\n", launch::EndingName(engine.ending),
                  engine.named.empty() ? "" : ", " + launch::RankNames(engine.named));
  if (!engine.killed.empty()) {
    text += fmt::format("  killed             {}, deaf to the request to end\n",
                        launch::RankNames(engine.killed));
  }
  for (const launch::RankOutcome& rank : engine.ranks) {
    if (!std::binary_search(engine.named.begin(), engine.named.end(), rank.rank)) continue;
    if (rank.last_line.empty()) continue;
    text += fmt::format("  last line          {}\n", base::EscapeControls(rank.last_line, "\t"));
    break;  // of the first that is named: the receipt has the others
  }
  if (result.attempts.empty() || !result.attempts.back().cause) return text;
  const launch::Cause& cause = *result.attempts.back().cause;
  text += fmt::format("  cause              {}{}{}, confidence {:.2f}\n", cause.surface_class,
                      cause.code.empty() ? "" : ", " + cause.code,
                      cause.cause.empty() ? "" : ": " + base::EscapeControls(cause.cause),
                      cause.confidence);
  if (const auto next = cause.answer.find("next");
      next != cause.answer.end() && next->is_string()) {
    text += fmt::format("  next step          {}\n",
                        base::EscapeControls(next->get_ref<const std::string&>()));
  }
  return text;
}

std::string ModulesOn(const plan::Plan& plan, std::int64_t stage) {
  std::vector<std::string> names;
  for (const auto* modules : {&plan.before, &plan.after}) {
    for (const plan::Module& module : *modules) {
      if (module.stage == stage)
        names.push_back(module.copy ? module.name + " (copy)" : module.name);
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::string_view OutcomeName(launch::Outcome outcome) {
  switch (outcome) {
    case launch::Outcome::kSucceeded:
      return "succeeded";
    case launch::Outcome::kFailed:
      return "failed";
    case launch::Outcome::kInterrupted:
      return "interrupted";
  }
  return "";
}

std::string RanksText(const contract::ReadContract& contract, const launch::BoundRun& run) {
  const policy::Layout& layout = contract.policy.layout;
  TextTable table({{"rank", TextTable::kRight},
                   {"stage", TextTable::kRight},
                   {"layers"},
                   {"families"},
                   {"parameters", TextTable::kRight},
                   {"around them"}});
  std::vector<std::int64_t> ranks;  // of all processes that are started from here
  for (const launch::BoundRank& process : run.ranks) {
    for (std::int64_t i = 0; i < process.starts * process.copies; ++i) {
      ranks.push_back(process.rank + i);
    }
  }
  for (const std::int64_t rank : ranks) {
    const std::int64_t number = launch::StageOfRank(layout, rank);
    const plan::Stage& stage = contract.plan.stages[static_cast<std::size_t>(number)];
    const std::int64_t parameters = plan::ParametersOnRank(contract.plan, number,
                                                           {.tp = layout.tensor_parallel,
                                                            .ep = layout.expert_parallel,
                                                            .etp = layout.expert_tensor_parallel});
    table.Add({std::to_string(rank), std::to_string(number), LayersOf(stage),
               FamiliesOf(contract.plan, stage), base::WithThousands(parameters),
               ModulesOn(contract.plan, number)});
  }
  return table.Text(2);
}

std::string StartText(const contract::ReadContract& contract) {
  const policy::Policy& policy = contract.policy;
  const policy::Layout& layout = policy.layout;
  std::string text =
      fmt::format("{} under {}, {}\n  {}\n", recipe::DisplayName(contract.recipe.model),
                  policy.run.name, contract.dialect, contract.digest);
  text += fmt::format(
      "  {} ranks: TP={} PP={} DP={} EP={}, MTP depth {}\n"
      "  {} steps of {} sequences of {} tokens, micro-batches of {}\n\n",
      layout.world_size, layout.tensor_parallel, layout.pipeline_parallel,
      contract::Derive(policy).data_parallel, layout.expert_parallel, policy.mtp.depth,
      policy.batch.train_iters, policy.batch.global_batch_size, contract.recipe.model.seq_length,
      policy.batch.micro_batch_size);
  return text;
}

std::string ResultText(const launch::RunResult& result) {
  const launch::RunSummary& summary = result.summary;
  std::string text = fmt::format("\n{} after {}{}\n", OutcomeName(result.engine.outcome),
                                 base::HumanSeconds(result.engine.seconds),
                                 result.engine.reason.empty() ? "" : ": " + result.engine.reason);
  if (summary.steps) text += fmt::format("  steps              {}\n", *summary.steps);
  if (summary.first_loss) {
    text += fmt::format("  loss               {} at the start, {} at the end (nats a token)\n",
                        Loss(summary.first_loss), Loss(summary.last_loss));
  }
  if (summary.last_mtp_loss)
    text += fmt::format("  MTP loss           {}\n", Loss(summary.last_mtp_loss));
  if (summary.validation_loss) {
    text += fmt::format("  validation loss    {}\n", Loss(summary.validation_loss));
  }
  if (summary.tokens_per_second) {
    text += fmt::format("  tokens/s           {}\n",
                        base::HumanCount(std::llround(*summary.tokens_per_second)));
  }
  text += EndingText(result);
  text += fmt::format("  receipt            {}\n", result.receipt_directory.string());
  for (const launch::RankOutcome& rank : result.engine.ranks) {
    if (rank.first_failure) {
      text += fmt::format(
          "  first failure      rank {}, log {}\n", rank.rank,
          (result.engine.log_directory / fmt::format("rank-{}.log", rank.rank)).string());
    }
  }
  return text;
}

}  // namespace nam56r::report
