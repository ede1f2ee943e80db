#include "runtime/model/mtp.h"

#include "runtime/model/gradient_check.h"
#include "runtime/model/model_test_support.h"

namespace nam56r::runtime {
namespace {

using testing::Random;
using testing::SmallRecipe;
using torch::Tensor;

TEST(ShiftLeft, MovesZerosIn) {
  const Tensor ids = torch::tensor({{5, 6, 7}, {1, 2, 3}}, torch::kInt64);
  EXPECT_TRUE(
      torch::equal(ShiftLeft(ids, 1), torch::tensor({{6, 7, 0}, {2, 3, 0}}, torch::kInt64)));
  EXPECT_TRUE(torch::equal(ShiftLeft(ids, 0), ids));
  EXPECT_EQ(ShiftLeft(ids, 9).abs().sum().item<std::int64_t>(), 0);
  EXPECT_EQ(ShiftLeft(ids, 9).size(1), 3);
}

TEST(MtpBlock, HasTheRecordedNumberOfParametersAtFullWidth) {
  recipe::Recipe recipe = SmallRecipe();
  recipe.model.hidden_size = 3584;
  recipe.model.num_attention_heads = 28;
  recipe.mla = {.q_lora_rank = 64,
                .kv_lora_rank = 64,
                .qk_head_dim = 64,
                .qk_pos_emb_head_dim = 32,
                .v_head_dim = 64};
  recipe.dense.ffn_hidden_size = 18944;
  LocalExchange exchange;
  std::int64_t count = 0;
  for (const Tensor& p : MtpBlock(recipe, "mtp.1", Initializer(1), exchange).parameters()) {
    count += p.numel();
  }
  EXPECT_EQ(count, 168'896'000);
}

TEST(MtpBlock, GradientsAgreeWithFiniteDifferences) {
  LocalExchange exchange;
  MtpBlock block(SmallRecipe(), "mtp.1", Initializer(1), exchange);
  block.to(torch::kDouble);
  const Tensor hidden = Random({2, 5, 12}, 1).requires_grad_();
  const Tensor embedded = Random({2, 5, 12}, 2).requires_grad_();
  const Tensor weight = Random({2, 5, 12}, 3);
  auto leaves = testing::Leaves(block);
  leaves.emplace_back("hidden", hidden);
  leaves.emplace_back("embedded", embedded);
  CheckGradients(
      [&] {
        ForwardRecord record;
        return (block.Forward(hidden, embedded, record) * weight).sum();
      },
      leaves);
}

TEST(MtpBlock, RefusesExperts) {
  recipe::Recipe recipe = SmallRecipe();
  recipe.mtp.pattern = "AE";
  LocalExchange exchange;
  EXPECT_THROW(MtpBlock(recipe, "mtp.1", Initializer(1), exchange), std::logic_error);
}

}  // namespace
}  // namespace nam56r::runtime
