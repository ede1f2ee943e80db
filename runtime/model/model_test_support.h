#pragma once

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/model/exchange.h"
#include "src/plan/plan.h"
#include "src/recipe/recipe.h"

/// What the tests of this folder share.
namespace nam56r::runtime::testing {

/// Every family at widths where a gradient check in double takes milliseconds.
inline recipe::Recipe SmallRecipe(const std::string& pattern = "AEAF") {
  recipe::Recipe recipe;
  recipe.model.name = "small";
  recipe.model.pattern = pattern;
  recipe.model.depth = static_cast<std::int64_t>(pattern.size());
  recipe.model.hidden_size = 12;
  recipe.model.num_attention_heads = 2;
  recipe.model.vocab_size = 11;
  recipe.model.seq_length = 7;
  recipe.model.tokenizer = "byte";
  recipe.model.init_std = 0.3;  // large enough for every path to matter
  recipe.mla = {.q_lora_rank = 5,
                .kv_lora_rank = 6,
                .qk_head_dim = 4,
                .qk_pos_emb_head_dim = 6,
                .v_head_dim = 3,
                .rotary_base = 100.0};
  recipe.moe.num_experts = 4;
  recipe.moe.router_topk = 2;
  recipe.moe.ffn_hidden_size = 5;
  recipe.moe.shared_expert_ffn_hidden_size = 6;
  recipe.moe.aux_loss_coeff = 0.05;
  recipe.mamba.state_size = 8;
  recipe.mamba.head_dim = 4;
  recipe.mamba.num_groups = 2;
  recipe.mamba.mimo_rank = 2;
  recipe.mamba.chunk_size = 4;
  recipe.m2rnn.key_head_dim = 4;
  recipe.m2rnn.value_head_dim = 2;
  recipe.dense.ffn_hidden_size = 9;
  recipe.ngram_hash = {
      .enabled = true, .orders = {2, 3}, .heads = 2, .first_table_size = 13, .embed_dim = 3};
  return recipe;
}

/// The plan of a recipe that is known to be right.
inline plan::Plan Expand(const recipe::Recipe& recipe, const plan::Cuts& cuts) {
  base::Loaded<recipe::Recipe> loaded;
  loaded.value = recipe;
  loaded.file = "test.toml";
  auto plan = plan::Expand(loaded, cuts);
  if (!plan.ok()) throw std::logic_error("the test's recipe does not expand");
  return *plan;
}

/// Values that are fixed by |seed|.
inline torch::Tensor Random(torch::IntArrayRef shape, std::uint64_t seed,
                            torch::Dtype type = torch::kDouble) {
  auto generator = torch::make_generator<torch::CPUGeneratorImpl>(seed);
  return torch::randn(shape, generator, torch::TensorOptions().dtype(type));
}

inline torch::Tensor RandomTokens(torch::IntArrayRef shape, std::int64_t vocabulary,
                                  std::uint64_t seed) {
  auto generator = torch::make_generator<torch::CPUGeneratorImpl>(seed);
  return torch::randint(vocabulary, shape, generator, torch::TensorOptions().dtype(torch::kInt64));
}

inline std::vector<std::pair<std::string, torch::Tensor>> Leaves(const torch::nn::Module& module) {
  std::vector<std::pair<std::string, torch::Tensor>> leaves;
  for (const auto& item : module.named_parameters()) leaves.emplace_back(item.key(), item.value());
  return leaves;
}

/// Ranks of one expert-parallel group as threads of this process.
class ThreadGroup {
 public:
  explicit ThreadGroup(std::int64_t size) : size_(size), slots_(static_cast<std::size_t>(size)) {}
  std::int64_t size() const { return size_; }

  /// Every rank gives one tensor for each rank, and gets what the others gave for it.
  std::vector<torch::Tensor> Swap(std::int64_t rank, std::vector<torch::Tensor> parts) {
    std::unique_lock lock(mutex_);
    slots_[static_cast<std::size_t>(rank)] = std::move(parts);
    Meet(lock);
    std::vector<torch::Tensor> got;
    for (const auto& slot : slots_) got.push_back(slot[static_cast<std::size_t>(rank)].clone());
    Meet(lock);
    return got;
  }

  /// Runs |body| as every rank at once.
  void Run(const std::function<void(std::int64_t rank)>& body) {
    std::vector<std::thread> threads;
    for (std::int64_t rank = 0; rank < size_; ++rank) threads.emplace_back(body, rank);
    for (auto& thread : threads) thread.join();
  }

 private:
  void Meet(std::unique_lock<std::mutex>& lock) {
    const std::int64_t round = round_;
    if (++arrived_ == size_) {
      arrived_ = 0;
      ++round_;
      all_here_.notify_all();
    } else {
      all_here_.wait(lock, [&] { return round_ != round; });
    }
  }

  std::int64_t size_;
  std::vector<std::vector<torch::Tensor>> slots_;
  std::mutex mutex_;
  std::condition_variable all_here_;
  std::int64_t arrived_ = 0;
  std::int64_t round_ = 0;
};

/// One rank's end of a ThreadGroup.
class ThreadExchange final : public ExpertExchange {
 public:
  ThreadExchange(ThreadGroup& group, std::int64_t rank) : group_(group), rank_(rank) {}
  std::int64_t size() const override { return group_.size(); }
  std::int64_t rank() const override { return rank_; }
  torch::Tensor ExchangeCounts(const torch::Tensor& counts) override {
    return torch::stack(group_.Swap(rank_, counts.unbind(0)));
  }
  torch::Tensor AllToAll(const torch::Tensor& rows, const std::vector<std::int64_t>& send,
                         const std::vector<std::int64_t>& receive) override {
    return Move::apply(rows, this, send, receive);
  }

 private:
  struct Move : torch::autograd::Function<Move> {
    static torch::Tensor forward(torch::autograd::AutogradContext* context,
                                 const torch::Tensor& rows, ThreadExchange* exchange,
                                 std::vector<std::int64_t> send,
                                 std::vector<std::int64_t> receive) {
      context->saved_data["exchange"] = reinterpret_cast<std::int64_t>(exchange);
      context->saved_data["send"] = send;
      context->saved_data["receive"] = receive;
      return exchange->Raw(rows, send, receive);
    }
    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list gradients) {
      auto* exchange = reinterpret_cast<ThreadExchange*>(context->saved_data["exchange"].toInt());
      return {exchange->Raw(gradients[0], context->saved_data["receive"].toIntVector(),
                            context->saved_data["send"].toIntVector()),
              torch::Tensor(), torch::Tensor(), torch::Tensor()};
    }
  };

  torch::Tensor Raw(const torch::Tensor& rows, const std::vector<std::int64_t>& send,
                    const std::vector<std::int64_t>& receive) {
    torch::Tensor got = torch::cat(group_.Swap(rank_, rows.split_with_sizes(send, 0)));
    std::int64_t expected = 0;
    for (const std::int64_t count : receive) expected += count;
    EXPECT_EQ(got.size(0), expected);
    return got;
  }

  ThreadGroup& group_;
  std::int64_t rank_;
};

}  // namespace nam56r::runtime::testing
