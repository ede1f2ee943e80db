#include "runtime/model/moe.h"

#include <algorithm>
#include <stdexcept>

#include "runtime/model/output_std.h"
#include "runtime/model/row_ops.h"

namespace nam56r::runtime {
namespace {

using torch::Tensor;

/// Row i of a contiguous int64 [rows, columns] on the host, summed.
std::vector<std::int64_t> RowSums(const Tensor& counts) {
  const Tensor sums = counts.sum(1).contiguous();
  const std::int64_t* data = sums.data_ptr<std::int64_t>();
  return {data, data + sums.numel()};
}

/// |counts| int64 [ranks, experts]: rows lie by rank and, within one, by expert. The order that
/// puts them by expert and, within one, by rank.
Tensor ExpertMajorOrder(const Tensor& counts) {
  const std::int64_t ranks = counts.size(0);
  const std::int64_t experts = counts.size(1);
  const std::int64_t* count = counts.data_ptr<std::int64_t>();
  std::vector<std::int64_t> first(static_cast<std::size_t>(ranks * experts));
  std::int64_t total = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    first[i] = total;
    total += count[i];
  }
  Tensor order = torch::empty({total}, torch::kInt64);
  std::int64_t* next = order.data_ptr<std::int64_t>();
  for (std::int64_t expert = 0; expert < experts; ++expert) {
    for (std::int64_t rank = 0; rank < ranks; ++rank) {
      const std::int64_t block = rank * experts + expert;
      const std::int64_t from = first[static_cast<std::size_t>(block)];
      for (std::int64_t i = 0; i < count[block]; ++i) *next++ = from + i;
    }
  }
  return order;
}

Tensor CountExperts(const Tensor& experts, std::int64_t num_experts) {
  return torch::bincount(experts.flatten(), {}, num_experts);
}

}  // namespace

Routing Route(const Tensor& logits, const Tensor& bias, const recipe::Moe& moe) {
  const std::int64_t k = moe.router_topk;
  const bool sigmoid = moe.score_function == "sigmoid";
  if (!sigmoid && moe.score_function != "softmax") {
    throw std::logic_error("Route: unknown score function " + moe.score_function);
  }
  const Tensor scores = sigmoid ? torch::sigmoid(logits) : torch::softmax(logits, -1);

  Routing routing;
  {
    const torch::NoGradGuard no_grad;
    routing.experts = std::get<1>(torch::topk(scores + bias, k, -1));
  }
  routing.weights = scores.gather(1, routing.experts);
  if (k > 1) routing.weights = routing.weights / (routing.weights.sum(-1, true) + 1e-20);

  if (moe.aux_loss_coeff != 0.0) {
    const Tensor unbiased =
        moe.expert_bias ? std::get<1>(torch::topk(scores.detach(), k, -1)) : routing.experts;
    const Tensor tokens_per_expert = CountExperts(unbiased, moe.num_experts).to(scores.dtype());
    const Tensor normalised = sigmoid ? scores / (scores.sum(-1, true) + 1e-20) : scores;
    const double tokens = static_cast<double>(logits.size(0));
    routing.auxiliary_loss = torch::dot(normalised.sum(0), tokens_per_expert) *
                             (moe.aux_loss_coeff * static_cast<double>(moe.num_experts) /
                              (static_cast<double>(k) * tokens * tokens));
  }
  return routing;
}

LocalExperts::LocalExperts(const recipe::Recipe& recipe, const std::string& global_prefix,
                           const Initializer& initializer, std::int64_t first, std::int64_t count) {
  const std::int64_t h = recipe.model.hidden_size;
  const std::int64_t f = recipe.moe.ffn_hidden_size;
  std::vector<Tensor> w1, w2;
  for (std::int64_t expert = first; expert < first + count; ++expert) {
    const std::string name = global_prefix + "." + std::to_string(expert);
    w1.push_back(initializer.Normal(name + ".w1", {f, h}, recipe.model.init_std));
    w2.push_back(initializer.Normal(name + ".w2", {h, f}, OutputProjectionStd(recipe)));
  }
  w1_ = register_parameter("w1", torch::stack(w1));
  w2_ = register_parameter("w2", torch::stack(w2));
}

Tensor LocalExperts::Forward(const Tensor& rows, const std::vector<std::int64_t>& counts) const {
  return GroupedGeluNetwork(rows, w1_, w2_, counts);
}

MoeLayer::MoeLayer(const recipe::Recipe& recipe, const std::string& global_prefix,
                   const Initializer& initializer, ExpertExchange& exchange)
    : moe_(recipe.moe), exchange_(exchange) {
  const std::int64_t h = recipe.model.hidden_size;
  if (moe_.num_experts % exchange.size() != 0) {
    throw std::logic_error("MoeLayer: the expert-parallel size does not divide the experts");
  }
  const std::int64_t local = moe_.num_experts / exchange.size();
  norm_ = register_module("norm", std::make_shared<RmsNormLayer>(h, recipe.model.norm_epsilon));
  router_ = register_parameter(
      "router",
      initializer.Normal(global_prefix + ".router", {moe_.num_experts, h}, recipe.model.init_std));
  expert_bias_ = register_buffer("expert_bias", torch::zeros({moe_.num_experts}, torch::kFloat32));
  experts_ = register_module(
      "experts", std::make_shared<LocalExperts>(recipe, global_prefix + ".experts", initializer,
                                                exchange.rank() * local, local));
  if (moe_.shared_expert_ffn_hidden_size > 0) {
    shared_ = register_module("shared_expert", std::make_shared<GeluNetwork>(
                                                   recipe, moe_.shared_expert_ffn_hidden_size,
                                                   global_prefix + ".shared_expert", initializer));
  }
  load_ = torch::zeros({moe_.num_experts}, torch::kInt64);
}

Tensor MoeLayer::Forward(const Tensor& x, ForwardRecord& record) {
  const Tensor normed = norm_->Forward(x).reshape({-1, x.size(-1)});
  // The router stays in fp32 whatever the activations are: near-ties decide where a token goes.
  const auto wide = torch::promote_types(normed.scalar_type(), torch::kFloat32);
  const Tensor logits = torch::linear(normed.to(wide), router_.to(wide));
  const Routing routing = Route(logits, expert_bias_, moe_);
  if (routing.auxiliary_loss.defined()) record.auxiliary_losses.push_back(routing.auxiliary_loss);

  Tensor mixed = Routed(normed, routing);
  if (shared_) mixed = mixed + shared_->Forward(normed);
  return x + mixed.view_as(x);
}

Tensor MoeLayer::Routed(const Tensor& normed, const Routing& routing) {
  const std::int64_t k = moe_.router_topk;
  const std::int64_t ranks = exchange_.size();
  const Tensor flat = routing.experts.flatten();
  const Tensor per_expert = CountExperts(flat, moe_.num_experts).cpu();
  if (torch::GradMode::is_enabled()) load_ += per_expert;

  // Experts of one rank are neighbours, so rows sorted by expert are sorted by destination too.
  const RowPermutation by_expert = PermutationFrom(std::get<1>(torch::sort(flat, true, 0, false)));
  const Tensor send_counts = per_expert.view({ranks, -1});
  const Tensor receive_counts = exchange_.ExchangeCounts(send_counts).contiguous();
  const std::vector<std::int64_t> send = RowSums(send_counts);
  const std::vector<std::int64_t> receive = RowSums(receive_counts);

  Tensor rows = exchange_.AllToAll(CopyAndPermuteRows(normed, by_expert, k), send, receive);
  const std::vector<std::int64_t> local_counts = RowSums(receive_counts.t());
  if (ranks == 1) {
    rows = experts_->Forward(rows, local_counts);
  } else {
    const RowPermutation grouped =
        PermutationFrom(ExpertMajorOrder(receive_counts).to(rows.device()));
    rows = UnpermuteRows(experts_->Forward(PermuteRows(rows, grouped), local_counts), grouped);
  }
  rows = UnpermuteRows(exchange_.AllToAll(rows, receive, send), by_expert);

  const Tensor weights = routing.weights.to(rows.dtype()).unsqueeze(-1);
  return (rows.view({-1, k, rows.size(1)}) * weights).sum(1);
}

Tensor MoeLayer::TakeLoad() {
  Tensor taken = load_.clone();
  load_.zero_();
  return taken;
}

void MoeLayer::UpdateBias(const Tensor& load) {
  if (!moe_.expert_bias) return;
  if (load.dim() != 1 || load.size(0) != moe_.num_experts) {
    throw std::logic_error("MoeLayer: the load is not one count an expert");
  }
  const torch::NoGradGuard no_grad;
  const Tensor wide = load.to(expert_bias_.dtype()).to(expert_bias_.device());
  expert_bias_.add_(torch::sign(wide.mean() - wide), moe_.expert_bias_update_rate);
}

}  // namespace nam56r::runtime
