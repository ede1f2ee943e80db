#pragma once

#include <cstdint>
#include <vector>

namespace nam56r::runtime {

enum class Pass { kForward, kBackward };

/// One pass of one micro-batch through a stage.
struct Action {
  Pass pass = Pass::kForward;
  std::int64_t micro_batch = 0;

  bool operator==(const Action&) const = default;
};

/// What a pipeline stage executes in one step, in order: the one-forward-one-backward schedule
/// (PipeDream-Flush; arXiv:2104.04473, section 2.2). The first min(stages - stage - 1,
/// micro_batches) passes are forward ones, then forward and backward alternate, then the remaining
/// backward passes follow. At most stages - stage micro-batches are in flight. |stage| counts from
/// 0.
std::vector<Action> OneForwardOneBackward(std::int64_t stage, std::int64_t stages,
                                          std::int64_t micro_batches);

}  // namespace nam56r::runtime
