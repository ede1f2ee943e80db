#pragma once

#include "src/contract/reader.h"
#include "src/launch/engine.h"
#include "src/launch/run.h"

namespace nam56r::launch {

/// Gathers a RunSummary from what ranks report.
class SummaryBuilder {
 public:
  explicit SummaryBuilder(const contract::ReadContract& contract);

  /// |seconds| since the run's start.
  void Feed(const RankEvent& event, double seconds);
  RunSummary Summary() const;

 private:
  RunSummary summary_;
  std::int64_t tokens_per_step_ = 0;
  std::int64_t first_step_ = 0;
  double first_step_at_ = 0;
  double last_step_at_ = 0;
};

}  // namespace nam56r::launch
