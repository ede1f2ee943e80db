#include "runtime/model/mtp.h"

#include <algorithm>
#include <stdexcept>

#include "runtime/model/make_layer.h"

namespace nam56r::runtime {

torch::Tensor ShiftLeft(const torch::Tensor& ids, std::int64_t by) {
  const std::int64_t sequence = ids.size(1);
  const std::int64_t moved = std::min(by, sequence);
  return torch::constant_pad_nd(ids.narrow(1, moved, sequence - moved), {0, moved});
}

MtpBlock::MtpBlock(const recipe::Recipe& recipe, const std::string& global_prefix,
                   const Initializer& initializer, ExpertExchange& exchange) {
  const std::int64_t h = recipe.model.hidden_size;
  const auto norm = [&](const char* name) {
    return register_module(name, std::make_shared<RmsNormLayer>(h, recipe.model.norm_epsilon));
  };
  enorm_ = norm("enorm");
  hnorm_ = norm("hnorm");
  eh_proj_ = register_parameter(
      "eh_proj", initializer.Normal(global_prefix + ".eh_proj", {h, 2 * h}, recipe.model.init_std));
  auto layers = register_module("layers", std::make_shared<torch::nn::Module>());
  for (const char letter : recipe.mtp.pattern) {
    const auto family = static_cast<plan::Family>(letter);
    if (family == plan::Family::kE) throw std::logic_error("MtpBlock: E layers are not supported");
    const std::string index = std::to_string(layers_.size());
    layers_.push_back(layers->register_module(
        index,
        MakeLayer(family, recipe, global_prefix + ".layers." + index, initializer, exchange)));
  }
  final_norm_ = norm("final_norm");
}

torch::Tensor MtpBlock::Forward(const torch::Tensor& hidden, const torch::Tensor& embedded,
                                ForwardRecord& record) {
  torch::Tensor x =
      torch::linear(torch::cat({enorm_->Forward(embedded), hnorm_->Forward(hidden)}, -1), eh_proj_);
  for (const auto& layer : layers_) x = layer->Forward(x, record);
  return final_norm_->Forward(x);
}

}  // namespace nam56r::runtime
