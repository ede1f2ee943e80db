#include "runtime/comm/process_group_exchange.h"

#include <numeric>
#include <stdexcept>

namespace nam56r::runtime {
namespace {

torch::Tensor Exchange(ProcessGroup& group, const torch::Tensor& rows,
                       const std::vector<std::int64_t>& send,
                       const std::vector<std::int64_t>& receive) {
  std::vector<std::int64_t> shape = rows.sizes().vec();
  shape.at(0) = std::accumulate(receive.begin(), receive.end(), std::int64_t{0});
  torch::Tensor output = torch::empty(shape, rows.options());
  group.AllToAll(output, rows.contiguous(), receive, send);
  return output;
}

class AllToAllFunction : public torch::autograd::Function<AllToAllFunction> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& rows,
                               ProcessGroup* group, const std::vector<std::int64_t>& send,
                               const std::vector<std::int64_t>& receive) {
    context->saved_data["group"] = reinterpret_cast<std::int64_t>(group);
    context->saved_data["send"] = send;
    context->saved_data["receive"] = receive;
    return Exchange(*group, rows, send, receive);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    auto* group = reinterpret_cast<ProcessGroup*>(context->saved_data["group"].toInt());
    return {Exchange(*group, gradients.at(0), context->saved_data["receive"].toIntVector(),
                     context->saved_data["send"].toIntVector()),
            torch::Tensor(), torch::Tensor(), torch::Tensor()};
  }
};

}  // namespace

torch::Tensor ProcessGroupExchange::ExchangeCounts(const torch::Tensor& counts) {
  if (counts.dim() != 2 || counts.size(0) != size()) {
    throw std::logic_error("counts are one row a rank");
  }
  const std::vector<std::int64_t> one_each(static_cast<std::size_t>(size()), 1);
  const torch::NoGradGuard no_grad;
  return Exchange(group_, counts, one_each, one_each);
}

torch::Tensor ProcessGroupExchange::AllToAll(const torch::Tensor& rows,
                                             const std::vector<std::int64_t>& send,
                                             const std::vector<std::int64_t>& receive) {
  return AllToAllFunction::apply(rows, &group_, send, receive);
}

}  // namespace nam56r::runtime
