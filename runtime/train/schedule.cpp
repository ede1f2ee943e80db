#include "runtime/train/schedule.h"

#include <algorithm>
#include <stdexcept>

namespace nam56r::runtime {

std::vector<Action> OneForwardOneBackward(std::int64_t stage, std::int64_t stages,
                                          std::int64_t micro_batches) {
  if (stage < 0 || stage >= stages || micro_batches < 1) {
    throw std::logic_error("1F1B: no such stage, or no micro-batch");
  }
  const std::int64_t warm_up = std::min(stages - stage - 1, micro_batches);
  std::vector<Action> actions;
  std::int64_t forward = 0;
  std::int64_t backward = 0;
  while (forward < warm_up) actions.push_back({Pass::kForward, forward++});
  while (forward < micro_batches) {
    actions.push_back({Pass::kForward, forward++});
    actions.push_back({Pass::kBackward, backward++});
  }
  while (backward < micro_batches) actions.push_back({Pass::kBackward, backward++});
  return actions;
}

}  // namespace nam56r::runtime
