#include "runtime/model/batched_product.h"

#include <ATen/Parallel.h>

#include <stdexcept>
#include <vector>

#include "runtime/model/batched_product_kernel.h"

namespace nam56r::runtime {
namespace {

struct Sizes {
  std::int64_t rows;
  std::int64_t inner;
  std::int64_t columns;
};

Sizes SizesOf(const torch::Tensor& a, const torch::Tensor& b, bool transpose_a, bool transpose_b) {
  const bool matrices = a.dim() == b.dim() && a.dim() >= 2;
  const auto leading = [](const torch::Tensor& t) {
    return t.sizes().slice(0, static_cast<std::size_t>(t.dim() - 2));
  };
  if (!matrices || leading(a) != leading(b) ||
      b.size(transpose_b ? -1 : -2) != a.size(transpose_a ? -2 : -1)) {
    throw std::logic_error(
        c10::str("BatchedProduct: shapes ", a.sizes(), " and ", b.sizes(), " do not fit"));
  }
  return {.rows = a.size(transpose_a ? -1 : -2),
          .inner = a.size(transpose_a ? -2 : -1),
          .columns = b.size(transpose_b ? -2 : -1)};
}

template <typename T>
void Multiply(const torch::Tensor& a, const torch::Tensor& b, bool transpose_a, bool transpose_b,
              const Sizes& sizes, const torch::Tensor& c) {
  const T* left = a.data_ptr<T>();
  const T* right = b.data_ptr<T>();
  T* out = c.data_ptr<T>();
  const std::int64_t area = sizes.rows * sizes.columns;
  if (area == 0) return;
  const std::int64_t row_stride = transpose_a ? 1 : sizes.inner;
  const std::int64_t inner_stride = transpose_a ? sizes.rows : 1;
  constexpr std::int64_t kGrain = 16;
  at::parallel_for(0, c.numel() / area, kGrain, [&](std::int64_t begin, std::int64_t end) {
    std::vector<T> scratch(static_cast<std::size_t>(sizes.inner * sizes.columns));
    for (std::int64_t i = begin; i < end; ++i) {
      const T* matrix = right + i * sizes.inner * sizes.columns;
      if (transpose_b) {
        Transpose(matrix, sizes.columns, sizes.inner, scratch.data());
        matrix = scratch.data();
      }
      MultiplyMatrices(left + i * sizes.rows * sizes.inner, row_stride, inner_stride, matrix,
                       sizes.rows, sizes.inner, sizes.columns, out + i * area);
    }
  });
}

torch::Tensor Product(const torch::Tensor& a, const torch::Tensor& b, bool transpose_a,
                      bool transpose_b) {
  const Sizes sizes = SizesOf(a, b, transpose_a, transpose_b);
  if (!a.device().is_cpu()) {
    return torch::matmul(transpose_a ? a.transpose(-2, -1) : a,
                         transpose_b ? b.transpose(-2, -1) : b);
  }
  std::vector<std::int64_t> shape = a.sizes().vec();
  shape[shape.size() - 2] = sizes.rows;
  shape[shape.size() - 1] = sizes.columns;
  torch::Tensor c = torch::empty(shape, a.options());
  AT_DISPATCH_FLOATING_TYPES(a.scalar_type(), "BatchedProduct", [&] {
    Multiply<scalar_t>(a.contiguous(), b.contiguous(), transpose_a, transpose_b, sizes, c);
  });
  return c;
}

class ProductFunction : public torch::autograd::Function<ProductFunction> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& a,
                               const torch::Tensor& b, bool transpose_a, bool transpose_b) {
    context->save_for_backward({a, b});
    context->saved_data["transpose_a"] = transpose_a;
    context->saved_data["transpose_b"] = transpose_b;
    return Product(a, b, transpose_a, transpose_b);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const torch::autograd::variable_list saved = context->get_saved_variables();
    const torch::Tensor& a = saved[0];
    const torch::Tensor& b = saved[1];
    const bool transpose_a = context->saved_data["transpose_a"].toBool();
    const bool transpose_b = context->saved_data["transpose_b"].toBool();
    const torch::Tensor gradient = gradients[0].contiguous();
    return {transpose_a ? Product(b, gradient, transpose_b, true)
                        : Product(gradient, b, false, !transpose_b),
            transpose_b ? Product(gradient, a, true, transpose_a)
                        : Product(a, gradient, !transpose_a, false),
            torch::Tensor(), torch::Tensor()};
  }
};

}  // namespace

torch::Tensor BatchedProduct(const torch::Tensor& a, const torch::Tensor& b, bool transpose_a,
                             bool transpose_b) {
  return ProductFunction::apply(a, b, transpose_a, transpose_b);
}

}  // namespace nam56r::runtime
