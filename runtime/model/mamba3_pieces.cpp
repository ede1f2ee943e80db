#include "runtime/model/mamba3_pieces.h"

#include <ATen/Parallel.h>

#include <vector>

#include "runtime/model/mamba3_pieces_kernel.h"

namespace nam56r::runtime {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

class Rotation : public torch::autograd::Function<Rotation> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& grouped,
                               const torch::Tensor& bias, const torch::Tensor& theta,
                               std::int64_t chunk, bool adjacent) {
    const torch::Tensor x = grouped.contiguous();
    const torch::Tensor head_bias = bias.contiguous();
    const torch::Tensor angle = theta.contiguous();
    const torch::Tensor cosine = angle.cos();
    const torch::Tensor sine = angle.sin();
    const RotateSizes sizes = SizesOf(x.sizes(), angle.sizes(), chunk, adjacent);
    const std::vector<std::int64_t> shape = {sizes.batch, sizes.chunks, sizes.heads,
                                             sizes.chunk, sizes.rank,   sizes.state};
    const bool whole = sizes.chunks * sizes.chunk == sizes.sequence;
    torch::Tensor out = whole ? torch::empty(shape, x.options()) : torch::zeros(shape, x.options());
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "RotateHeads", [&] {
      const RotateForwardArrays<scalar_t> arrays = {.grouped = x.data_ptr<scalar_t>(),
                                                    .bias = head_bias.data_ptr<scalar_t>(),
                                                    .cosine = cosine.data_ptr<scalar_t>(),
                                                    .sine = sine.data_ptr<scalar_t>(),
                                                    .out = out.data_ptr<scalar_t>()};
      at::parallel_for(0, sizes.batch * sizes.groups, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) RotateForward(sizes, arrays, i);
      });
    });
    context->save_for_backward({cosine, sine, out});
    context->saved_data["groups"] = sizes.groups;
    context->saved_data["chunk"] = chunk;
    context->saved_data["adjacent"] = adjacent;
    return out;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const torch::Tensor& cosine = saved[0];
    const torch::Tensor& sine = saved[1];
    const torch::Tensor& out = saved[2];
    const torch::Tensor gradient = gradients[0].contiguous();
    const std::int64_t rank = out.size(4);
    const std::int64_t state = out.size(5);
    const std::int64_t groups = context->saved_data["groups"].toInt();
    const std::int64_t batch = cosine.size(0);
    const torch::Tensor grouped =
        torch::empty({batch, cosine.size(1), rank, groups, state}, out.options());
    const RotateSizes sizes =
        SizesOf(grouped.sizes(), cosine.sizes(), context->saved_data["chunk"].toInt(),
                context->saved_data["adjacent"].toBool());
    const torch::Tensor bias = torch::empty({batch, sizes.heads, rank, state}, out.options());
    const torch::Tensor theta = torch::empty_like(cosine);
    AT_DISPATCH_FLOATING_TYPES(out.scalar_type(), "RotateHeads", [&] {
      const RotateBackwardArrays<scalar_t> arrays = {.cosine = cosine.data_ptr<scalar_t>(),
                                                     .sine = sine.data_ptr<scalar_t>(),
                                                     .out = out.data_ptr<scalar_t>(),
                                                     .out_gradient = gradient.data_ptr<scalar_t>(),
                                                     .grouped = grouped.data_ptr<scalar_t>(),
                                                     .bias = bias.data_ptr<scalar_t>(),
                                                     .theta = theta.data_ptr<scalar_t>()};
      at::parallel_for(0, batch * groups, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) RotateBackward(sizes, arrays, i);
      });
    });
    return {grouped, bias.sum(0), theta, torch::Tensor(), torch::Tensor()};
  }

 private:
  static RotateSizes SizesOf(torch::IntArrayRef grouped, torch::IntArrayRef theta,
                             std::int64_t chunk, bool adjacent) {
    return {.batch = grouped[0],
            .sequence = grouped[1],
            .rank = grouped[2],
            .groups = grouped[3],
            .heads = theta[2],
            .state = grouped[4],
            .angles = theta[3],
            .chunk = chunk,
            .chunks = (grouped[1] + chunk - 1) / chunk,
            .adjacent = adjacent};
  }
};

class BlockScaling : public torch::autograd::Function<BlockScaling> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& scores,
                               const torch::Tensor& weights) {
    const torch::Tensor s = scores.contiguous();
    const torch::Tensor w = weights.contiguous();
    const std::int64_t chunk = w.size(-1);
    const std::int64_t rank = s.size(-1) / chunk;
    torch::Tensor out = torch::empty_like(s);
    AT_DISPATCH_FLOATING_TYPES(s.scalar_type(), "ScaleBlocks", [&] {
      ForEachMatrix(w, [&](std::int64_t i) {
        const std::int64_t area = chunk * chunk;
        ScaleBlocksForward(chunk, rank, s.data_ptr<scalar_t>() + i * area * rank * rank,
                           w.data_ptr<scalar_t>() + i * area,
                           out.data_ptr<scalar_t>() + i * area * rank * rank);
      });
    });
    context->save_for_backward({s, w});
    return out;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const torch::Tensor& s = saved[0];
    const torch::Tensor& w = saved[1];
    const torch::Tensor gradient = gradients[0].contiguous();
    const std::int64_t chunk = w.size(-1);
    const std::int64_t rank = s.size(-1) / chunk;
    const torch::Tensor score_gradient = torch::empty_like(s);
    const torch::Tensor weight_gradient = torch::empty_like(w);
    AT_DISPATCH_FLOATING_TYPES(s.scalar_type(), "ScaleBlocks", [&] {
      ForEachMatrix(w, [&](std::int64_t i) {
        const std::int64_t small = i * chunk * chunk;
        const std::int64_t large = small * rank * rank;
        ScaleBlocksBackward(chunk, rank, s.data_ptr<scalar_t>() + large,
                            w.data_ptr<scalar_t>() + small, gradient.data_ptr<scalar_t>() + large,
                            score_gradient.data_ptr<scalar_t>() + large,
                            weight_gradient.data_ptr<scalar_t>() + small);
      });
    });
    return {score_gradient, weight_gradient};
  }

 private:
  template <typename Work>
  static void ForEachMatrix(const torch::Tensor& matrices, const Work& work) {
    constexpr std::int64_t kGrain = 16;
    const std::int64_t count = matrices.numel() / (matrices.size(-1) * matrices.size(-2));
    at::parallel_for(0, count, kGrain, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) work(i);
    });
  }
};

}  // namespace

torch::Tensor RotateHeads(const torch::Tensor& grouped, const torch::Tensor& bias,
                          const torch::Tensor& theta, std::int64_t chunk, RotaryPairing pairing) {
  return Rotation::apply(grouped, bias, theta, chunk, pairing == RotaryPairing::kAdjacent);
}

torch::Tensor ScaleBlocks(const torch::Tensor& scores, const torch::Tensor& weights) {
  return BlockScaling::apply(scores, weights);
}

}  // namespace nam56r::runtime
