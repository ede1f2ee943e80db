#include "runtime/train/lr_schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace nam56r::runtime {

double LearningRate(const policy::Optimizer& optimizer, std::int64_t steps, std::int64_t step) {
  const std::int64_t warm_up = optimizer.lr_warmup_iters;
  const std::int64_t done = step + 1;
  if (done <= warm_up) {
    return optimizer.lr * static_cast<double>(done) / static_cast<double>(warm_up);
  }
  if (optimizer.lr_decay_style == "constant") return optimizer.lr;
  const double decaying = static_cast<double>(std::max<std::int64_t>(steps - warm_up, 1));
  const double progress = std::min(1.0, static_cast<double>(done - warm_up) / decaying);
  const double range = optimizer.lr - optimizer.min_lr;
  if (optimizer.lr_decay_style == "linear") return optimizer.min_lr + range * (1.0 - progress);
  if (optimizer.lr_decay_style == "cosine") {
    return optimizer.min_lr + range * 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
  }
  throw std::logic_error("unknown lr_decay_style " + optimizer.lr_decay_style);
}

}  // namespace nam56r::runtime
