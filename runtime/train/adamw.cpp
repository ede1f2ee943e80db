#include "runtime/train/adamw.h"

#include <algorithm>
#include <cmath>

namespace nam56r::runtime {
namespace {

/// Elements updated at a time: the five slices that an update touches fit a core's L2 cache, so
/// that its eight elementwise operations cost one trip to memory.
constexpr std::int64_t kScratchBlock = 32768;

}  // namespace

AdamW::AdamW(FlatParameters& parameters, const policy::Optimizer& options)
    : parameters_(parameters),
      options_(options),
      first_moment_(torch::zeros_like(parameters.values())),
      second_moment_(torch::zeros_like(parameters.values())),
      scratch_(torch::empty({std::min(kScratchBlock, parameters.values().numel())})) {}

void AdamW::Step(double lr, double gradient_scale) {
  const torch::NoGradGuard no_grad;
  ++steps_;
  const double steps = static_cast<double>(steps_);
  const double first_correction = 1.0 - std::pow(options_.beta1, steps);
  const double root_of_second_correction = std::sqrt(1.0 - std::pow(options_.beta2, steps));
  for (const auto& range : parameters_.decayed()) {
    parameters_.values()
        .narrow(0, range.begin, range.length)
        .mul_(1.0 - lr * options_.weight_decay);
  }
  const std::int64_t count = parameters_.values().numel();
  for (std::int64_t begin = 0; begin < count; begin += kScratchBlock) {
    const std::int64_t length = std::min(kScratchBlock, count - begin);
    torch::Tensor scratch = scratch_.narrow(0, 0, length);
    torch::Tensor first = first_moment_.narrow(0, begin, length);
    torch::Tensor second = second_moment_.narrow(0, begin, length);
    torch::mul_out(scratch, parameters_.gradients().narrow(0, begin, length),
                   torch::scalar_tensor(gradient_scale));
    first.lerp_(scratch, 1.0 - options_.beta1);
    second.mul_(options_.beta2).addcmul_(scratch, scratch, 1.0 - options_.beta2);
    torch::sqrt_out(scratch, second);
    scratch.div_(root_of_second_correction).add_(options_.epsilon);
    parameters_.values().narrow(0, begin, length).addcdiv_(first, scratch, -lr / first_correction);
  }
}

}  // namespace nam56r::runtime
