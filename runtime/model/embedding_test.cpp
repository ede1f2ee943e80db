#include "runtime/model/embedding.h"

#include "runtime/model/gradient_check.h"
#include "runtime/model/model_test_support.h"
#include "runtime/model/row_ops.h"

namespace nam56r::runtime {
namespace {

using testing::Random;
using testing::RandomTokens;
using testing::SmallRecipe;
using torch::Tensor;

TEST(NgramHash, FullSizeHasTheRecordedNumberOfParameters) {
  recipe::Recipe recipe = SmallRecipe();
  recipe.model.hidden_size = 3584;
  recipe.ngram_hash = {.enabled = true};
  std::int64_t count = 0;
  for (const Tensor& parameter : NgramHash(recipe, Initializer(1)).parameters()) {
    count += parameter.numel();
  }
  EXPECT_EQ(count, 128'899'296);
}

TEST(NgramHash, StartsAsIfItWereNotThere) {
  recipe::Recipe recipe = SmallRecipe();
  const Tensor tokens = RandomTokens({2, 7}, 11, 1);
  TokenEmbedding with(recipe, Initializer(1));
  recipe.ngram_hash.enabled = false;
  TokenEmbedding without(recipe, Initializer(1));
  EXPECT_TRUE(torch::equal(with.Forward(tokens), without.Forward(tokens)));
}

TEST(NgramHash, GradientsAgreeWithFiniteDifferences) {
  TokenEmbedding embedding(SmallRecipe(), Initializer(1));
  embedding.to(torch::kDouble);
  {
    const torch::NoGradGuard no_grad;
    Tensor projection = embedding.named_parameters()["ngram_hash.out_proj"];
    projection.copy_(Random(projection.sizes(), 4));
  }
  const Tensor tokens = RandomTokens({2, 7}, 11, 1);
  const Tensor weight = Random({2, 7, 12}, 2);
  CheckGradients([&] { return (embedding.Forward(tokens) * weight).sum(); },
                 testing::Leaves(embedding), 60);
}

TEST(NgramHash, EqualGramsOfATablesOrderFindEqualRowsInThatTable) {
  NgramHash hash(SmallRecipe(), Initializer(1));
  // Position 5 ends the same pair as position 2, and another triple.
  const Tensor tokens = torch::tensor({{3, 1, 2, 9, 1, 2, 7}}, torch::kInt64);
  const Tensor rows = hash.Rows(tokens);
  ASSERT_EQ(rows.size(0), 7);
  ASSERT_EQ(rows.size(1), 4);
  EXPECT_TRUE(torch::equal(rows[2].slice(0, 0, 2), rows[5].slice(0, 0, 2)));
  EXPECT_FALSE(torch::equal(rows[2].slice(0, 2, 4), rows[5].slice(0, 2, 4)));
}

TEST(NgramHash, TablesDoNotOverlap) {
  NgramHash hash(SmallRecipe(), Initializer(1));
  const Tensor rows = hash.Rows(RandomTokens({64, 9}, 11, 3));
  const std::vector<std::int64_t> first = {0, 13, 30, 49, 72};  // primes 13, 17, 19, 23
  for (std::int64_t table = 0; table < 4; ++table) {
    const auto t = static_cast<std::size_t>(table);
    EXPECT_GE(rows.select(1, table).min().item<std::int64_t>(), first[t]);
    EXPECT_LT(rows.select(1, table).max().item<std::int64_t>(), first[t + 1]);
  }
}

TEST(NgramHash, BeforeTheSequenceIsTokenZero) {
  NgramHash hash(SmallRecipe(), Initializer(1));
  const Tensor padded = hash.Rows(torch::tensor({{0, 0, 5, 6}}, torch::kInt64));
  const Tensor bare = hash.Rows(torch::tensor({{5, 6}}, torch::kInt64));
  EXPECT_TRUE(torch::equal(padded.slice(0, 2), bare));
}

TEST(NgramHash, SequencesShorterThanTheLongestGramWork) {
  NgramHash hash(SmallRecipe(), Initializer(1));
  EXPECT_EQ(hash.Rows(torch::tensor({{5}}, torch::kInt64)).size(0), 1);
}

TEST(NgramHash, EarlierRowsDoNotDependOnLaterTokens) {
  NgramHash hash(SmallRecipe(), Initializer(1));
  const Tensor tokens = RandomTokens({1, 8}, 11, 1);
  Tensor changed = tokens.clone();
  changed[0][5] = (tokens[0][5] + 1).remainder(11);
  EXPECT_TRUE(torch::equal(hash.Rows(tokens).slice(0, 0, 5), hash.Rows(changed).slice(0, 0, 5)));
}

TEST(RowOps, GatherAddsUpGradientsOfRepeatedRows) {
  const Tensor table = Random({4, 3}, 1).requires_grad_();
  const Tensor index = torch::tensor({2, 0, 2, 2}, torch::kInt64);
  const Tensor weight = Random({4, 3}, 2);
  const Tensor gradient =
      torch::autograd::grad({(GatherRows(table, index) * weight).sum()}, {table})[0];
  EXPECT_TRUE(torch::allclose(gradient[2], weight[0] + weight[2] + weight[3]));
  EXPECT_TRUE(torch::allclose(gradient[0], weight[1]));
  EXPECT_EQ(gradient[1].abs().sum().item<double>(), 0.0);
}

TEST(RowOps, UnpermuteUndoesPermute) {
  const RowPermutation permutation = PermutationFrom(torch::tensor({3, 1, 0, 2}, torch::kInt64));
  const Tensor rows = Random({4, 3}, 1);
  EXPECT_TRUE(torch::equal(UnpermuteRows(PermuteRows(rows, permutation), permutation), rows));
}

TEST(RowOps, RefuseWhatDoesNotFit) {
  const RowPermutation permutation = PermutationFrom(torch::arange(4));
  EXPECT_THROW(CopyAndPermuteRows(Random({4, 3}, 1), permutation, 2), std::logic_error);
  EXPECT_THROW(
      GroupedGeluNetwork(Random({4, 3}, 1), Random({2, 5, 3}, 2), Random({2, 3, 5}, 3), {1, 2}),
      std::logic_error);
  EXPECT_THROW(
      GroupedGeluNetwork(Random({4, 3}, 1), Random({2, 5, 3}, 2), Random({2, 3, 5}, 3), {1, 2, 1}),
      std::logic_error);
}

}  // namespace
}  // namespace nam56r::runtime
