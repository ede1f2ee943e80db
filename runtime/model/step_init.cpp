#include "runtime/model/step_init.h"

#include <cmath>

namespace nam56r::runtime {

torch::Tensor InitialStepBias(const Initializer& initializer, std::string_view name,
                              std::int64_t count) {
  constexpr double kSmallest = 1e-3;
  constexpr double kLargest = 0.1;
  const torch::Tensor step =
      initializer.Uniform(name, {count}, std::log(kSmallest), std::log(kLargest)).exp();
  return step + torch::log(-torch::expm1(-step));
}

}  // namespace nam56r::runtime
