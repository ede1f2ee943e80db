#include "runtime/model/causal_attention.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace nam56r::runtime {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/// Queries [first, first + count) see keys [0, first + count).
struct Block {
  std::int64_t first, count, keys;
};

/// Eight blocks waste 1/16 of the square; in shorter ones than 64 the products no longer pay for
/// their calls.
std::vector<Block> BlocksOf(std::int64_t sequence) {
  const std::int64_t size = std::max<std::int64_t>(64, (sequence + 7) / 8);
  std::vector<Block> blocks;
  for (std::int64_t first = 0; first < sequence; first += size) {
    const std::int64_t count = std::min(size, sequence - first);
    blocks.push_back({first, count, first + count});
  }
  return blocks;
}

/// -infinity above the diagonal, [count, count].
Tensor DiagonalMask(std::int64_t count, const torch::TensorOptions& options) {
  return torch::full({count, count}, -std::numeric_limits<double>::infinity(), options).triu(1);
}

struct CausalAttentionFunction : Function<CausalAttentionFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& q, const Tensor& k, const Tensor& v,
                        double scale) {
    const Tensor scaled = q * scale;
    Tensor out = torch::empty({q.size(0), q.size(1), v.size(2)}, v.options());
    variable_list saved = {scaled, k, v};
    Tensor mask;
    for (const Block& block : BlocksOf(q.size(1))) {
      if (!mask.defined() || mask.size(0) != block.count) {
        mask = DiagonalMask(block.count, q.options());
      }
      const Tensor scores = torch::bmm(scaled.narrow(1, block.first, block.count),
                                       k.narrow(1, 0, block.keys).transpose(1, 2));
      scores.narrow(2, block.first, block.count).add_(mask);
      const Tensor weights = torch::softmax(scores, -1);
      Tensor slice = out.narrow(1, block.first, block.count);
      torch::bmm_out(slice, weights, v.narrow(1, 0, block.keys));
      saved.push_back(weights);
    }
    context->save_for_backward(saved);
    context->saved_data["scale"] = scale;
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor &scaled = saved[0], &k = saved[1], &v = saved[2];
    const Tensor out_gradient = gradients[0].contiguous();
    Tensor q_gradient = torch::empty_like(scaled);
    Tensor k_gradient = torch::zeros_like(k);
    Tensor v_gradient = torch::zeros_like(v);
    std::size_t next = 3;
    for (const Block& block : BlocksOf(scaled.size(1))) {
      const Tensor& weights = saved[next++];
      const Tensor queries = scaled.narrow(1, block.first, block.count);
      const Tensor out = out_gradient.narrow(1, block.first, block.count);
      const Tensor keys = k.narrow(1, 0, block.keys);
      const Tensor values = v.narrow(1, 0, block.keys);
      const Tensor scores_gradient = torch::_softmax_backward_data(
          torch::bmm(out, values.transpose(1, 2)), weights, -1, weights.scalar_type());
      Tensor slice = q_gradient.narrow(1, block.first, block.count);
      torch::bmm_out(slice, scores_gradient, keys);
      k_gradient.narrow(1, 0, block.keys).baddbmm_(scores_gradient.transpose(1, 2), queries);
      v_gradient.narrow(1, 0, block.keys).baddbmm_(weights.transpose(1, 2), out);
    }
    q_gradient.mul_(context->saved_data["scale"].toDouble());
    return {q_gradient, k_gradient, v_gradient, Tensor()};
  }
};

}  // namespace

Tensor CausalAttention(const Tensor& q, const Tensor& k, const Tensor& v, double scale) {
  return CausalAttentionFunction::apply(q.contiguous(), k.contiguous(), v.contiguous(), scale);
}

}  // namespace nam56r::runtime
