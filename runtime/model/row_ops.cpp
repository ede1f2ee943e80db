#include "runtime/model/row_ops.h"

#include <numeric>
#include <stdexcept>

namespace nam56r::runtime {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/// sum[index[i]] += rows[i].
void AddRows(Tensor& sum, const Tensor& index, const Tensor& rows) {
  if (!sum.is_cpu()) {
    sum.index_add_(0, index, rows);
    return;
  }
  const std::int64_t n = rows.size(0);
  const std::int64_t width = rows.size(1);
  const std::int64_t* at = index.data_ptr<std::int64_t>();
  AT_DISPATCH_FLOATING_TYPES(sum.scalar_type(), "AddRows", [&] {
    const scalar_t* from = rows.data_ptr<scalar_t>();
    scalar_t* to = sum.data_ptr<scalar_t>();
    for (std::int64_t i = 0; i < n; ++i) {
      const scalar_t* source = from + i * width;
      scalar_t* target = to + at[i] * width;
      for (std::int64_t j = 0; j < width; ++j) target[j] += source[j];
    }
  });
}

struct GatherRowsFunction : Function<GatherRowsFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& table, const Tensor& index) {
    context->save_for_backward({index});
    context->saved_data["rows"] = table.size(0);
    return table.index_select(0, index);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const Tensor index = context->get_saved_variables()[0];
    const Tensor gradient = gradients[0].contiguous();
    Tensor sum =
        torch::zeros({context->saved_data["rows"].toInt(), gradient.size(1)}, gradient.options());
    AddRows(sum, index, gradient);
    return {sum, Tensor()};
  }
};

struct CopyAndPermuteFunction : Function<CopyAndPermuteFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& rows, const Tensor& order,
                        const Tensor& inverse, std::int64_t copies) {
    context->save_for_backward({inverse});
    context->saved_data["copies"] = copies;
    return rows.index_select(0, copies == 1 ? order : order.div(copies, "floor"));
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const Tensor inverse = context->get_saved_variables()[0];
    const std::int64_t copies = context->saved_data["copies"].toInt();
    Tensor sum = gradients[0].index_select(0, inverse);
    if (copies > 1) sum = sum.view({-1, copies, sum.size(1)}).sum(1);
    return {sum, Tensor(), Tensor(), Tensor()};
  }
};

/// Calls |body| with (expert, first row, rows) for every expert that has rows.
template <class Body>
void ForEachGroup(const std::vector<std::int64_t>& counts, Body body) {
  std::int64_t first = 0;
  for (std::size_t expert = 0; expert < counts.size(); ++expert) {
    const std::int64_t count = counts[expert];
    if (count > 0) body(static_cast<std::int64_t>(expert), first, count);
    first += count;
  }
}

struct GroupedGeluFunction : Function<GroupedGeluFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& rows, const Tensor& w1,
                        const Tensor& w2, std::vector<std::int64_t> counts) {
    Tensor before = torch::empty({rows.size(0), w1.size(1)}, rows.options());
    Tensor out = torch::empty({rows.size(0), w2.size(1)}, rows.options());
    ForEachGroup(counts, [&](std::int64_t expert, std::int64_t first, std::int64_t count) {
      Tensor slice = before.narrow(0, first, count);
      torch::mm_out(slice, rows.narrow(0, first, count), w1.select(0, expert).t());
    });
    const Tensor after = torch::gelu(before);
    ForEachGroup(counts, [&](std::int64_t expert, std::int64_t first, std::int64_t count) {
      Tensor slice = out.narrow(0, first, count);
      torch::mm_out(slice, after.narrow(0, first, count), w2.select(0, expert).t());
    });
    context->save_for_backward({rows, w1, w2, before, after});
    context->saved_data["counts"] = std::move(counts);
    return out;
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor &rows = saved[0], &w1 = saved[1], &w2 = saved[2], &before = saved[3],
                 &after = saved[4];
    const std::vector<std::int64_t> counts = context->saved_data["counts"].toIntVector();
    const Tensor out_gradient = gradients[0].contiguous();
    Tensor after_gradient = torch::empty_like(after);
    Tensor w1_gradient = torch::zeros_like(w1);
    Tensor w2_gradient = torch::zeros_like(w2);
    ForEachGroup(counts, [&](std::int64_t expert, std::int64_t first, std::int64_t count) {
      const Tensor gradient = out_gradient.narrow(0, first, count);
      Tensor slice = after_gradient.narrow(0, first, count);
      torch::mm_out(slice, gradient, w2.select(0, expert));
      Tensor weight = w2_gradient.select(0, expert);
      torch::mm_out(weight, gradient.t(), after.narrow(0, first, count));
    });
    const Tensor before_gradient = torch::gelu_backward(after_gradient, before);
    Tensor rows_gradient = torch::empty_like(rows);
    ForEachGroup(counts, [&](std::int64_t expert, std::int64_t first, std::int64_t count) {
      const Tensor gradient = before_gradient.narrow(0, first, count);
      Tensor slice = rows_gradient.narrow(0, first, count);
      torch::mm_out(slice, gradient, w1.select(0, expert));
      Tensor weight = w1_gradient.select(0, expert);
      torch::mm_out(weight, gradient.t(), rows.narrow(0, first, count));
    });
    return {rows_gradient, w1_gradient, w2_gradient, Tensor()};
  }
};

}  // namespace

Tensor GatherRows(const Tensor& table, const Tensor& index) {
  return GatherRowsFunction::apply(table, index);
}

RowPermutation PermutationFrom(const Tensor& order) {
  Tensor inverse = torch::empty_like(order);
  inverse.index_put_({order}, torch::arange(order.size(0), order.options()));
  return {order, inverse};
}

Tensor CopyAndPermuteRows(const Tensor& rows, const RowPermutation& permutation,
                          std::int64_t copies) {
  if (rows.size(0) * copies != permutation.order.size(0)) {
    throw std::logic_error("CopyAndPermuteRows: the permutation is not over every copy");
  }
  return CopyAndPermuteFunction::apply(rows, permutation.order, permutation.inverse, copies);
}

Tensor PermuteRows(const Tensor& rows, const RowPermutation& permutation) {
  return CopyAndPermuteRows(rows, permutation, 1);
}

Tensor UnpermuteRows(const Tensor& rows, const RowPermutation& permutation) {
  return CopyAndPermuteRows(rows, {permutation.inverse, permutation.order}, 1);
}

Tensor GroupedGeluNetwork(const Tensor& rows, const Tensor& w1, const Tensor& w2,
                          const std::vector<std::int64_t>& counts) {
  const std::int64_t total = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  if (static_cast<std::int64_t>(counts.size()) != w1.size(0) || total != rows.size(0)) {
    throw std::logic_error("GroupedGeluNetwork: counts do not cover the rows or the experts");
  }
  return GroupedGeluFunction::apply(rows, w1, w2, counts);
}

}  // namespace nam56r::runtime
