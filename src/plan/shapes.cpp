#include "src/plan/shapes.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/plan/parameters.h"

namespace nam56r::plan {
namespace {

// Sizes beyond this are no model; it keeps products of two of them within 64 bits.
constexpr std::int64_t kMaxSize = std::int64_t{1} << 30;
// The Mamba-3 kernels work on tiles of chunk_size * mimo_rank rows: state-spaces/mamba,
// mamba_ssm/modules/mamba3.py, "64/mimo_rank for MIMO".
constexpr std::int64_t kMaxMambaTile = 64;

class Shapes {
 public:
  Shapes(const recipe::Recipe& recipe, const FamilyUses& uses, Refusals& refusals)
      : recipe_(recipe), uses_(uses), refusals_(refusals) {}

  void Check() {
    CheckModel();
    if (uses_.contains(Family::kA)) CheckAttention();
    if (uses_.contains(Family::kE)) CheckExperts();
    if (uses_.contains(Family::kM)) CheckMamba();
    if (uses_.contains(Family::kR)) CheckM2rnn();
    if (uses_.contains(Family::kF)) {
      Need(Family::kF, "dense.ffn_hidden_size", recipe_.dense.ffn_hidden_size);
    }
    if (recipe_.ngram_hash.enabled) CheckNgramHash();
    if (recipe_.structure.enabled) CheckStructure();
  }

 private:
  /// |value| of |key| is in least..most; |because| names the field that brings the need.
  bool In(const std::string& key, std::int64_t value, std::int64_t least, std::int64_t most,
          const std::string& because, const std::string& needed_by, const std::string& way_out) {
    if (value >= least && value <= most) return true;
    Refusals::Refusal refusal;
    refusal.code = "PLAN0006";
    // The general bound is only worth a word to somebody who went beyond it.
    const std::string range = value < least && most == kMaxSize
                                  ? fmt::format("at least {}", least)
                                  : fmt::format("{}..{}", least, most);
    refusal.message = fmt::format("{} is {}, but {} needs {}", key, value, needed_by, range);
    refusal.fields = {key};
    if (!because.empty()) refusal.fields.push_back(because);
    refusal.valid = {range};
    refusal.fix = fmt::format("set {}{}", key, way_out);
    refusals_.Add(std::move(refusal));
    return false;
  }

  bool Need(Family family, const std::string& key, std::int64_t value, std::int64_t least = 1) {
    const std::string& pattern = uses_.at(family);
    const char letter = static_cast<char>(family);
    return In(key, value, least, kMaxSize, pattern, fmt::format("{} in {}", letter, pattern),
              fmt::format(", or take {} out of {}", letter, pattern));
  }

  void CheckModel() {
    const recipe::Model& model = recipe_.model;
    hidden_ok_ = In("model.hidden_size", model.hidden_size, 1, kMaxSize, "", "a model", "");
    In("model.vocab_size", model.vocab_size, 1, kMaxSize, "", "a model", "");
    In("model.seq_length", model.seq_length, 1, kMaxSize, "", "a model", "");
  }

  void CheckAttention() {
    const recipe::Mla& mla = recipe_.mla;
    Need(Family::kA, "model.num_attention_heads", recipe_.model.num_attention_heads);
    Need(Family::kA, "mla.q_lora_rank", mla.q_lora_rank);
    Need(Family::kA, "mla.kv_lora_rank", mla.kv_lora_rank);
    Need(Family::kA, "mla.qk_head_dim", mla.qk_head_dim);
    Need(Family::kA, "mla.v_head_dim", mla.v_head_dim);
    const bool rotary_ok = Need(Family::kA, "mla.qk_pos_emb_head_dim", mla.qk_pos_emb_head_dim, 2);
    if (rotary_ok && mla.qk_pos_emb_head_dim % 2 != 0) {
      refusals_.Add(
          {"PLAN0005",
           fmt::format("mla.qk_pos_emb_head_dim is {}: rotary embedding turns pairs of "
                       "elements, so it must be even",
                       mla.qk_pos_emb_head_dim),
           {"mla.qk_pos_emb_head_dim"},
           {"even numbers"},
           fmt::format("use {} or {}", mla.qk_pos_emb_head_dim - 1, mla.qk_pos_emb_head_dim + 1)});
    }
    if (!recipe_.dsa.ranks.empty()) CheckIndexer(rotary_ok);
  }

  void CheckIndexer(bool rotary_ok) {
    const recipe::Dsa& dsa = recipe_.dsa;
    const auto need = [&](const std::string& key, std::int64_t value) {
      return In(key, value, 1, kMaxSize, "dsa.ranks", "sparse attention (dsa.ranks)",
                ", or leave dsa.ranks empty");
    };
    need("dsa.indexer_num_heads", dsa.indexer_num_heads);
    need("dsa.indexer_topk", dsa.indexer_topk);
    if (!need("dsa.indexer_head_dim", dsa.indexer_head_dim) || !rotary_ok) return;
    // The indexer rotates the first qk_pos_emb_head_dim elements of its own heads.
    const std::int64_t rotary = recipe_.mla.qk_pos_emb_head_dim;
    if (dsa.indexer_head_dim < rotary) {
      refusals_.Add({"PLAN0005",
                     fmt::format("dsa.indexer_head_dim is {}, less than the rotary part of {} "
                                 "(mla.qk_pos_emb_head_dim) that an indexer head holds",
                                 dsa.indexer_head_dim, rotary),
                     {"dsa.indexer_head_dim", "mla.qk_pos_emb_head_dim"},
                     {fmt::format("at least {}", rotary)},
                     fmt::format("set dsa.indexer_head_dim to at least {}", rotary)});
    }
  }

  void CheckExperts() {
    const recipe::Moe& moe = recipe_.moe;
    const bool experts_ok = Need(Family::kE, "moe.num_experts", moe.num_experts);
    const bool topk_ok = Need(Family::kE, "moe.router_topk", moe.router_topk);
    Need(Family::kE, "moe.ffn_hidden_size", moe.ffn_hidden_size);
    Need(Family::kE, "moe.shared_expert_ffn_hidden_size", moe.shared_expert_ffn_hidden_size, 0);
    if (experts_ok && topk_ok && moe.router_topk > moe.num_experts) {
      refusals_.Add({"PLAN0005",
                     fmt::format("moe.router_topk is {}, but there are only {} experts",
                                 moe.router_topk, moe.num_experts),
                     {"moe.router_topk", "moe.num_experts"},
                     Range(1, moe.num_experts),
                     fmt::format("lower moe.router_topk to at most {}", moe.num_experts)});
    }
  }

  void CheckMamba() {
    const recipe::Mamba& mamba = recipe_.mamba;
    const bool state_ok = Need(Family::kM, "mamba.state_size", mamba.state_size);
    const bool head_ok = Need(Family::kM, "mamba.head_dim", mamba.head_dim);
    const bool groups_ok = Need(Family::kM, "mamba.num_groups", mamba.num_groups);
    const bool expand_ok = Need(Family::kM, "mamba.expand", mamba.expand);
    const bool rank_ok = Need(Family::kM, "mamba.mimo_rank", mamba.mimo_rank);
    const bool chunk_ok = Need(Family::kM, "mamba.chunk_size", mamba.chunk_size);
    if (hidden_ok_ && expand_ok && head_ok) CheckMambaHeads(groups_ok);
    if (rank_ok && chunk_ok) CheckMambaTile();
    if (state_ok) CheckMambaRotation();
  }

  void CheckMambaHeads(bool groups_ok) {
    const recipe::Mamba& mamba = recipe_.mamba;
    const std::int64_t inner = recipe_.model.hidden_size * mamba.expand;
    if (inner % mamba.head_dim != 0) {
      refusals_.Add({"PLAN0005",
                     fmt::format("the inner width of M, model.hidden_size * mamba.expand = {}, "
                                 "does not divide into heads of mamba.head_dim = {}",
                                 inner, mamba.head_dim),
                     {"mamba.head_dim", "model.hidden_size", "mamba.expand"},
                     Divisors(inner),
                     fmt::format("choose a mamba.head_dim that divides {}", inner)});
      return;
    }
    const std::int64_t heads = inner / mamba.head_dim;
    if (groups_ok && heads % mamba.num_groups != 0) {
      refusals_.Add({"PLAN0005",
                     fmt::format("{} heads of M (model.hidden_size * mamba.expand / "
                                 "mamba.head_dim) do not divide into mamba.num_groups = {}",
                                 heads, mamba.num_groups),
                     {"mamba.num_groups", "model.hidden_size", "mamba.expand", "mamba.head_dim"},
                     Divisors(heads),
                     fmt::format("choose a mamba.num_groups that divides {}", heads)});
    }
  }

  void CheckMambaTile() {
    const recipe::Mamba& mamba = recipe_.mamba;
    const std::int64_t tile = mamba.chunk_size * mamba.mimo_rank;
    if (tile <= kMaxMambaTile) return;
    const std::int64_t most = kMaxMambaTile / mamba.mimo_rank;
    refusals_.Add(
        {"PLAN0005",
         fmt::format("mamba.chunk_size * mamba.mimo_rank is {}, but the chunked form takes at most "
                     "{} rows at once",
                     tile, kMaxMambaTile),
         {"mamba.chunk_size", "mamba.mimo_rank"},
         Range(1, most),
         most > 0 ? fmt::format("set mamba.chunk_size to at most {}", most)
                  : fmt::format("set mamba.mimo_rank to at most {}", kMaxMambaTile)});
  }

  void CheckMambaRotation() {
    const recipe::Mamba& mamba = recipe_.mamba;
    if (mamba.rope_fraction != 0.5 && mamba.rope_fraction != 1.0) {
      refusals_.Add({"PLAN0005",
                     fmt::format("mamba.rope_fraction is {}; Mamba-3 rotates half of the state or "
                                 "all of it",
                                 mamba.rope_fraction),
                     {"mamba.rope_fraction"},
                     {"0.5", "1.0"},
                     "set mamba.rope_fraction to 0.5"});
      return;
    }
    const std::int64_t unit = mamba.rope_fraction == 0.5 ? 4 : 2;
    if (mamba.state_size % unit != 0) {
      refusals_.Add(
          {"PLAN0005",
           fmt::format("mamba.state_size is {}: the rotated share, {} of it, must be an "
                       "even number of elements",
                       mamba.state_size, mamba.rope_fraction),
           {"mamba.state_size", "mamba.rope_fraction"},
           {fmt::format("multiples of {}", unit)},
           fmt::format("set mamba.state_size to {}", (mamba.state_size + unit - 1) / unit * unit)});
    }
  }

  void CheckM2rnn() {
    Need(Family::kR, "m2rnn.key_head_dim", recipe_.m2rnn.key_head_dim);
    Need(Family::kR, "m2rnn.value_head_dim", recipe_.m2rnn.value_head_dim);
    Need(Family::kR, "m2rnn.conv_kernel", recipe_.m2rnn.conv_kernel);
  }

  void CheckNgramHash() {
    const recipe::NgramHash& ngram = recipe_.ngram_hash;
    const auto need = [&](const std::string& key, std::int64_t value, std::int64_t least,
                          std::int64_t most) {
      return In(key, value, least, most, "ngram_hash.enabled", "the n-gram hash",
                ", or set ngram_hash.enabled to false");
    };
    if (ngram.orders.empty()) {
      refusals_.Add({"PLAN0006",
                     "ngram_hash.orders is empty, but the n-gram hash needs at least one order",
                     {"ngram_hash.orders", "ngram_hash.enabled"},
                     {"a list of lengths from 1"},
                     "set ngram_hash.orders, for instance to [2, 3], or set ngram_hash.enabled to "
                     "false"});
    }
    for (std::int64_t order : ngram.orders) {
      if (!need("ngram_hash.orders", order, 1, recipe_.model.seq_length)) break;
    }
    need("ngram_hash.first_table_size", ngram.first_table_size, 2, kMaxNgramRows);
    need("ngram_hash.embed_dim", ngram.embed_dim, 1, kMaxSize);
    const auto orders = std::max<std::int64_t>(1, static_cast<std::int64_t>(ngram.orders.size()));
    if (orders > kMaxNgramTables) {
      refusals_.Add({"PLAN0006",
                     fmt::format("ngram_hash.orders lists {} orders; at most {} tables are made",
                                 orders, kMaxNgramTables),
                     {"ngram_hash.orders"},
                     {fmt::format("1..{} orders", kMaxNgramTables)},
                     "shorten ngram_hash.orders"});
      return;
    }
    need("ngram_hash.heads", ngram.heads, 1, kMaxNgramTables / orders);
  }

  void CheckStructure() {
    const auto& structure = recipe_.structure;
    In("structure.bottleneck_dim", structure.bottleneck_dim, 1, kMaxSize, "structure.enabled",
       "the structure embedding", ", or set structure.enabled to false");
    if (structure.components != "core") {
      refusals_.Add({"PLAN0006",
                     "structure.components names components that are not known",
                     {"structure.components", "structure.enabled"},
                     {"core"},
                     "set structure.components to \"core\""});
    }
  }

  const recipe::Recipe& recipe_;
  const FamilyUses& uses_;
  Refusals& refusals_;
  bool hidden_ok_ = false;
};

}  // namespace

void CheckShapes(const recipe::Recipe& recipe, const FamilyUses& uses, Refusals& refusals) {
  Shapes(recipe, uses, refusals).Check();
}

}  // namespace nam56r::plan
