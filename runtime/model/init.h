#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace nam56r::runtime {

/// Random initial values that depend on the seed and on the parameter's global name alone ("slots.7
/// .experts.3.w1"), never on which rank holds it or in which order modules were built: one rank and
/// four ranks start from the same model.
class Initializer {
 public:
  explicit Initializer(std::int64_t seed) : seed_(seed) {}

  /// fp32 normal values with mean 0 and |std|.
  torch::Tensor Normal(std::string_view name, torch::IntArrayRef shape, double std) const;
  /// fp32 uniform values in [low, high).
  torch::Tensor Uniform(std::string_view name, torch::IntArrayRef shape, double low,
                        double high) const;
  /// int64 values in [low, high).
  torch::Tensor Integers(std::string_view name, torch::IntArrayRef shape, std::int64_t low,
                         std::int64_t high) const;

 private:
  torch::Generator GeneratorFor(std::string_view name) const;
  std::int64_t seed_;
};

}  // namespace nam56r::runtime
