#include "runtime/model/embedding.h"

#include <algorithm>
#include <numeric>

#include "runtime/model/row_ops.h"
#include "src/plan/parameters.h"

namespace nam56r::runtime {
namespace {
constexpr char kPrefix[] = "embedding.ngram_hash";
constexpr std::int64_t kHashRange = std::int64_t{1} << 31;
}  // namespace

NgramHash::NgramHash(const recipe::Recipe& recipe, const Initializer& initializer) {
  const recipe::NgramHash& shape = recipe.ngram_hash;
  const std::vector<std::int64_t> sizes = plan::NgramTableRows(shape);
  tables_ = static_cast<std::int64_t>(sizes.size());
  max_order_ = *std::max_element(shape.orders.begin(), shape.orders.end());
  std::vector<std::int64_t> offsets(sizes.size());
  std::exclusive_scan(sizes.begin(), sizes.end(), offsets.begin(), std::int64_t{0});
  sizes_ = torch::tensor(sizes);
  offsets_ = torch::tensor(offsets);

  const std::string prefix = kPrefix;
  biases_ = initializer.Integers(prefix + ".biases", {tables_}, 0, kHashRange);
  multipliers_ =
      initializer.Integers(prefix + ".multipliers", {max_order_, tables_}, 0, kHashRange / 2) * 2 +
      1;
  std::int64_t table = 0;
  for (const std::int64_t order : shape.orders) {
    for (std::int64_t head = 0; head < shape.heads; ++head, ++table) {
      multipliers_.select(1, table).slice(0, order).zero_();
    }
  }

  table_ = register_parameter(
      "table",
      initializer.Normal(prefix + ".table", {offsets.back() + sizes.back(), shape.embed_dim}, 1.0));
  out_proj_ = register_parameter(
      "out_proj", torch::zeros({recipe.model.hidden_size, tables_ * shape.embed_dim}));
}

torch::Tensor NgramHash::Rows(const torch::Tensor& tokens) const {
  const torch::NoGradGuard no_grad;
  const std::int64_t sequence = tokens.size(1);
  const auto on = tokens.device();
  torch::Tensor hash = biases_.to(on).unsqueeze(0);
  for (std::int64_t i = 0; i < max_order_; ++i) {
    const std::int64_t kept = std::max<std::int64_t>(sequence - i, 0);
    const torch::Tensor shifted =
        torch::constant_pad_nd(tokens.narrow(1, 0, kept), {sequence - kept, 0}).reshape({-1, 1});
    hash = torch::bitwise_xor(hash, shifted * multipliers_[i].to(on));
  }
  return hash.remainder_(sizes_.to(on)).add_(offsets_.to(on));
}

torch::Tensor NgramHash::Forward(const torch::Tensor& tokens) {
  const torch::Tensor found = GatherRows(table_, Rows(tokens).flatten());
  return torch::linear(found.view({tokens.size(0), tokens.size(1), tables_ * table_.size(1)}),
                       out_proj_);
}

TokenEmbedding::TokenEmbedding(const recipe::Recipe& recipe, const Initializer& initializer,
                               bool with_ngram_hash) {
  word_ = register_parameter(
      "word",
      initializer.Normal("embedding.word", {recipe.model.vocab_size, recipe.model.hidden_size},
                         recipe.model.init_std));
  if (with_ngram_hash && recipe.ngram_hash.enabled) {
    ngram_hash_ = register_module("ngram_hash", std::make_shared<NgramHash>(recipe, initializer));
  }
}

torch::Tensor TokenEmbedding::Forward(const torch::Tensor& tokens) {
  const torch::Tensor words =
      GatherRows(word_, tokens.flatten()).view({tokens.size(0), tokens.size(1), word_.size(1)});
  return ngram_hash_ ? words + ngram_hash_->Forward(tokens) : words;
}

}  // namespace nam56r::runtime
