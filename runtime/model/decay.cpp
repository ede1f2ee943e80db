#include "runtime/model/decay.h"

#include <algorithm>
#include <array>

namespace nam56r::runtime {

bool TakesWeightDecay(std::string_view name, const torch::Tensor& tensor) {
  if (tensor.dim() < 2) return false;
  constexpr std::string_view kWeight = ".weight";
  if (name.ends_with(kWeight)) name.remove_suffix(kWeight.size());
  name = name.substr(name.rfind('.') + 1);  // npos + 1 == 0: the whole name
  constexpr std::array<std::string_view, 2> kNone = {"A_log", "D"};
  return !name.ends_with("norm") && !name.ends_with("bias") &&
         std::find(kNone.begin(), kNone.end(), name) == kNone.end();
}

}  // namespace nam56r::runtime
