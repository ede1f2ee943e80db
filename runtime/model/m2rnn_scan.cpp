#include "runtime/model/m2rnn_scan.h"

#include <ATen/Parallel.h>

#include <stdexcept>

#include "runtime/model/m2rnn_scan_kernel.h"

namespace nam56r::runtime {
namespace {

void RequireShape(const torch::Tensor& tensor, torch::IntArrayRef shape, const char* name) {
  if (tensor.sizes() != shape) {
    throw std::logic_error(
        c10::str("M2rnnScan: ", name, " is ", tensor.sizes(), ", expected ", shape));
  }
}

M2rnnSizes SizesOf(const torch::Tensor& query, const torch::Tensor& value) {
  return {.batch = value.size(0),
          .sequence = value.size(1),
          .heads = value.size(2),
          .keys = query.size(2),
          .values = value.size(3),
          .interval = kCheckpointInterval};
}

template <typename T>
void Forward(const M2rnnSizes& sizes, const M2rnnInputs<T>& inputs, T* output, T* checkpoints) {
  at::parallel_for(0, sizes.batch * sizes.heads, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) M2rnnForward(sizes, inputs, output, checkpoints, i);
  });
}

template <typename T>
void Backward(const M2rnnSizes& sizes, const M2rnnInputs<T>& inputs, const T* checkpoints,
              const T* output_gradient, const M2rnnGradients<T>& gradients) {
  at::parallel_for(0, sizes.batch * sizes.heads, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      M2rnnBackward(sizes, inputs, checkpoints, output_gradient, gradients, i);
    }
  });
}

template <typename T>
M2rnnInputs<T> Pointers(const torch::autograd::variable_list& tensors) {
  return {.query = tensors[0].data_ptr<T>(),
          .key = tensors[1].data_ptr<T>(),
          .value = tensors[2].data_ptr<T>(),
          .forget = tensors[3].data_ptr<T>(),
          .state_weight = tensors[4].data_ptr<T>()};
}

class Scan : public torch::autograd::Function<Scan> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context,
                               const torch::Tensor& query, const torch::Tensor& key,
                               const torch::Tensor& value, const torch::Tensor& forget,
                               const torch::Tensor& state_weight) {
    const torch::autograd::variable_list inputs = {query.contiguous(), key.contiguous(),
                                                   value.contiguous(), forget.contiguous(),
                                                   state_weight.contiguous()};
    const M2rnnSizes sizes = SizesOf(query, value);
    const torch::Tensor output = torch::empty(value.sizes(), value.options());
    const torch::Tensor checkpoints = torch::empty(
        {sizes.batch, sizes.heads, (sizes.sequence + sizes.interval - 1) / sizes.interval,
         sizes.keys, sizes.values},
        value.options());
    AT_DISPATCH_FLOATING_TYPES(value.scalar_type(), "M2rnnScan", [&] {
      Forward(sizes, Pointers<scalar_t>(inputs), output.data_ptr<scalar_t>(),
              checkpoints.data_ptr<scalar_t>());
    });
    torch::autograd::variable_list saved = inputs;
    saved.push_back(checkpoints);
    context->save_for_backward(saved);
    return output;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const torch::autograd::variable_list saved = context->get_saved_variables();
    const torch::Tensor& value = saved[2];
    const M2rnnSizes sizes = SizesOf(saved[0], value);
    const torch::Tensor output_gradient = gradients[0].contiguous();
    const auto empty = [&](torch::IntArrayRef shape) {
      return torch::empty(shape, value.options());
    };
    const torch::Tensor query = empty({sizes.batch, sizes.sequence, sizes.heads, sizes.keys});
    const torch::Tensor key = torch::empty_like(query);
    const torch::Tensor values = torch::empty_like(value);
    const torch::Tensor forget = empty({sizes.batch, sizes.sequence, sizes.heads});
    const torch::Tensor weight = empty({sizes.batch, sizes.heads, sizes.values, sizes.values});
    AT_DISPATCH_FLOATING_TYPES(value.scalar_type(), "M2rnnScan", [&] {
      Backward<scalar_t>(sizes, Pointers<scalar_t>(saved), saved[5].data_ptr<scalar_t>(),
                         output_gradient.data_ptr<scalar_t>(),
                         {.query = query.data_ptr<scalar_t>(),
                          .key = key.data_ptr<scalar_t>(),
                          .value = values.data_ptr<scalar_t>(),
                          .forget = forget.data_ptr<scalar_t>(),
                          .state_weight = weight.data_ptr<scalar_t>()});
    });
    return {query.sum(2), key.sum(2), values, forget, weight.sum(0)};
  }
};

}  // namespace

torch::Tensor M2rnnScan(const torch::Tensor& query, const torch::Tensor& key,
                        const torch::Tensor& value, const torch::Tensor& forget,
                        const torch::Tensor& state_weight) {
  if (value.dim() != 4 || query.dim() != 3) {
    throw std::logic_error("M2rnnScan: value is [B,S,H,V] and query [B,S,K]");
  }
  const std::int64_t batch = value.size(0);
  const std::int64_t sequence = value.size(1);
  const std::int64_t heads = value.size(2);
  const std::int64_t side = value.size(3);
  RequireShape(query, {batch, sequence, query.size(2)}, "query");
  RequireShape(key, query.sizes(), "key");
  RequireShape(forget, {batch, sequence, heads}, "forget");
  RequireShape(state_weight, {heads, side, side}, "state_weight");
  return Scan::apply(query, key, value, forget, state_weight);
}

}  // namespace nam56r::runtime
