#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/model/init.h"
#include "src/recipe/recipe.h"

namespace nam56r::runtime {

/// Hashed n-gram embeddings: one table for each order n and head, row
///
///     ( XOR over i < n of multiplier[i] * token[t - i]  XOR bias ) mod (rows of the table)
///
/// with token 0 before the sequence starts. The rows found are concatenated and projected to the
/// hidden size. Multipliers (odd) and biases are random, below 2^31, fixed by the seed. The
/// projection starts at zero and the tables at unit variance, so that the model starts as if they
/// were not there and the projection's first gradients are not.
///
/// Parameters: table [sum of rows, embed_dim], out_proj [h, tables * embed_dim].
class NgramHash final : public torch::nn::Module {
 public:
  NgramHash(const recipe::Recipe& recipe, const Initializer& initializer);
  /// |tokens| int64 [batch, sequence]: [batch, sequence, h].
  torch::Tensor Forward(const torch::Tensor& tokens);
  /// The rows of |table|, int64 [batch * sequence, tables].
  torch::Tensor Rows(const torch::Tensor& tokens) const;

 private:
  std::int64_t tables_;
  std::int64_t max_order_;
  // Not buffers: a module's floating point type must not touch them.
  torch::Tensor multipliers_;  ///< int64 [max order, tables], 0 beyond a table's order
  torch::Tensor biases_;       ///< int64 [tables]
  torch::Tensor sizes_;        ///< int64 [tables]
  torch::Tensor offsets_;      ///< int64 [tables]
  torch::Tensor table_, out_proj_;
};

/// What turns tokens into the first hidden states: the token's embedding, plus its n-grams'.
/// Parameters: word [vocabulary, h]; ngram_hash.* if the recipe enables it and |with_ngram_hash|.
class TokenEmbedding final : public torch::nn::Module {
 public:
  TokenEmbedding(const recipe::Recipe& recipe, const Initializer& initializer,
                 bool with_ngram_hash = true);
  /// |tokens| int64 [batch, sequence]: [batch, sequence, h].
  torch::Tensor Forward(const torch::Tensor& tokens);
  const torch::Tensor& word() const { return word_; }

 private:
  torch::Tensor word_;
  std::shared_ptr<NgramHash> ngram_hash_;  ///< null: none
};

}  // namespace nam56r::runtime
