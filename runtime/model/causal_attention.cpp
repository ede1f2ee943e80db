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

/// Eight blocks waste 1/16 of the square; shorter ones than 32 would not fill a matrix product.
std::vector<Block> BlocksOf(std::int64_t sequence) {
  const std::int64_t size = std::max<std::int64_t>(32, (sequence + 7) / 8);
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
    const std::int64_t n = q.size(0);
    Tensor out = torch::empty({n, q.size(1), v.size(2)}, v.options());
    variable_list saved = {q, k, v};
    Tensor mask;
    for (const Block& block : BlocksOf(q.size(1))) {
      if (!mask.defined() || mask.size(0) != block.count) {
        mask = DiagonalMask(block.count, q.options());
      }
      Tensor scores = torch::empty({n, block.count, block.keys}, q.options());
      scores.baddbmm_(q.narrow(1, block.first, block.count),
                      k.narrow(1, 0, block.keys).transpose(1, 2), 0.0, scale);
      scores.narrow(2, block.first, block.count).add_(mask);
      const Tensor weights = torch::softmax(scores, -1);
      out.narrow(1, block.first, block.count)
          .baddbmm_(weights, v.narrow(1, 0, block.keys), 0.0, 1.0);
      saved.push_back(weights);
    }
    context->save_for_backward(saved);
    context->saved_data["scale"] = scale;
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor &q = saved[0], &k = saved[1], &v = saved[2];
    const double scale = context->saved_data["scale"].toDouble();
    const Tensor out_gradient = gradients[0].contiguous();
    Tensor q_gradient = torch::empty_like(q);
    Tensor k_gradient = torch::empty_like(k);
    Tensor v_gradient = torch::empty_like(v);
    // From the last block, which sees every key: it overwrites, the others add.
    const std::vector<Block> blocks = BlocksOf(q.size(1));
    for (std::size_t i = blocks.size(); i-- > 0;) {
      const Block& block = blocks[i];
      const double keep = i + 1 == blocks.size() ? 0.0 : 1.0;
      const Tensor& weights = saved[3 + i];
      const Tensor queries = q.narrow(1, block.first, block.count);
      const Tensor out = out_gradient.narrow(1, block.first, block.count);
      v_gradient.narrow(1, 0, block.keys).baddbmm_(weights.transpose(1, 2), out, keep, 1.0);
      const Tensor weights_gradient = torch::bmm(out, v.narrow(1, 0, block.keys).transpose(1, 2));
      const Tensor scores_gradient =
          torch::_softmax_backward_data(weights_gradient, weights, -1, weights.scalar_type());
      q_gradient.narrow(1, block.first, block.count)
          .baddbmm_(scores_gradient, k.narrow(1, 0, block.keys), 0.0, scale);
      k_gradient.narrow(1, 0, block.keys)
          .baddbmm_(scores_gradient.transpose(1, 2), queries, keep, scale);
    }
    return {q_gradient, k_gradient, v_gradient, Tensor()};
  }
};

}  // namespace

Tensor CausalAttention(const Tensor& q, const Tensor& k, const Tensor& v, double scale) {
  return CausalAttentionFunction::apply(q.contiguous(), k.contiguous(), v.contiguous(), scale);
}

}  // namespace nam56r::runtime
