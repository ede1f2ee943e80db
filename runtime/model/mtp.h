#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/model/exchange.h"
#include "runtime/model/init.h"
#include "runtime/model/layer.h"
#include "runtime/model/norm.h"
#include "src/recipe/recipe.h"

namespace nam56r::runtime {

/// |ids| int64 [batch, sequence] moved |by| places to the left, zeros moved in: position t holds
/// ids[t + by] (Megatron-LM's roll_tensor).
torch::Tensor ShiftLeft(const torch::Tensor& ids, std::int64_t by);

/// One depth of multi-token prediction (DeepSeek-V3, arXiv:2412.19437, section 2.2):
///
///     h^d = final_norm( layers( eh_proj [ enorm(embedding of token t + d) ; hnorm(h^(d-1)) ] ) )
///
/// h^0 is the trunk's output after its final norm, and h^d is what both the shared output head and
/// the next depth read, as in Megatron-LM (multi_token_prediction.py, hybrid_block.py).
///
/// Parameters: enorm.weight [h], hnorm.weight [h], eh_proj [h, 2h], layers.<i>.* by
/// recipe.mtp.pattern, final_norm.weight [h].
class MtpBlock final : public torch::nn::Module {
 public:
  /// An E layer is refused (std::logic_error): nothing would balance its experts.
  MtpBlock(const recipe::Recipe& recipe, const std::string& global_prefix,
           const Initializer& initializer, ExpertExchange& exchange);

  /// |hidden| is h^(d-1), |embedded| the embedding of the tokens shifted by d; both [batch,
  /// sequence, h]; so is the answer.
  torch::Tensor Forward(const torch::Tensor& hidden, const torch::Tensor& embedded,
                        ForwardRecord& record);

 private:
  std::shared_ptr<RmsNormLayer> enorm_, hnorm_, final_norm_;
  torch::Tensor eh_proj_;
  std::vector<std::shared_ptr<Layer>> layers_;
};

}  // namespace nam56r::runtime
