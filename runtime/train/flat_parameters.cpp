#include "runtime/train/flat_parameters.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>
#include <tuple>

namespace nam56r::runtime {
namespace {

/// Slices start on cache lines; the padding stays zero under every update.
constexpr std::int64_t kAlignment = 16;

int OrderOf(Replication replication) {
  switch (replication) {
    case Replication::kDense:
      return 0;
    case Replication::kEmbedding:
      return 1;
    case Replication::kExpert:
      return 2;
  }
  throw std::logic_error("unknown replication");
}

}  // namespace

FlatParameters::FlatParameters(std::vector<StageParameter> parameters) {
  const auto key = [](const StageParameter& parameter) {
    return std::tuple(OrderOf(parameter.replication), !parameter.weight_decay,
                      std::cref(parameter.name));
  };
  std::sort(parameters.begin(), parameters.end(),
            [&](const StageParameter& a, const StageParameter& b) {
              const auto x = key(a);
              const auto y = key(b);
              return std::tuple(std::get<0>(x), std::get<1>(x), std::get<2>(x).get()) <
                     std::tuple(std::get<0>(y), std::get<1>(y), std::get<2>(y).get());
            });
  std::int64_t end = 0;
  for (StageParameter& parameter : parameters) {
    const torch::Tensor& tensor = parameter.tensor;
    if (!tensor.is_leaf() || !tensor.requires_grad() || tensor.scalar_type() != torch::kFloat32) {
      throw std::logic_error(parameter.name + " is not an fp32 leaf that takes a gradient");
    }
    const std::int64_t padded = (tensor.numel() + kAlignment - 1) / kAlignment * kAlignment;
    Range& segment = parameter.replication == Replication::kDense       ? dense_
                     : parameter.replication == Replication::kEmbedding ? embedding_
                                                                        : expert_;
    if (segment.length == 0) segment.begin = end;
    segment.length += padded;
    if (parameter.weight_decay) {
      if (decayed_.empty() || decayed_.back().begin + decayed_.back().length != end) {
        decayed_.push_back({end, 0});
      }
      decayed_.back().length += padded;
    }
    count_ += tensor.numel();
    const Range range{end, tensor.numel()};
    end += padded;
    placed_.push_back({std::move(parameter), range});
  }

  const torch::NoGradGuard no_grad;
  values_ = torch::zeros({end}, torch::kFloat32);
  gradients_ = torch::zeros({end}, torch::kFloat32);
  for (Placed& placed : placed_) {
    torch::Tensor& leaf = placed.parameter.tensor;
    const auto slice = [&](const torch::Tensor& buffer) {
      return buffer.narrow(0, placed.range.begin, placed.range.length).view(leaf.sizes());
    };
    const torch::Tensor value = slice(values_);
    value.copy_(leaf);
    leaf.set_data(value);
    leaf.mutable_grad() = slice(gradients_);
  }
}

torch::Tensor FlatParameters::GradientsOf(Replication replication) const {
  const Range& range = replication == Replication::kDense       ? dense_
                       : replication == Replication::kEmbedding ? embedding_
                                                                : expert_;
  return gradients_.narrow(0, range.begin, range.length);
}

std::vector<std::string> FlatParameters::NonFiniteGradients() const {
  // A sum is finite only if all its terms are; one pass in the usual case.
  if (std::isfinite(gradients_.sum().item<double>())) return {};
  std::vector<std::string> names;
  for (const Placed& placed : placed_) {
    const auto gradient = gradients_.narrow(0, placed.range.begin, placed.range.length);
    if (!gradient.isfinite().all().item<bool>()) names.push_back(placed.parameter.name);
  }
  return names;
}

}  // namespace nam56r::runtime
