#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "src/base/schema.h"

/// Model intent: what the model is, wherever and however it runs. Each struct is one TOML table.
/// The meaning and range of every field stand in Schema() (recipe.cpp); shapes and formulas in
/// src/plan/parameters.h.
namespace nam56r::recipe {

struct Model {
  std::string name;
  std::string pattern;  ///< letters A E M R F; tiled to |depth|, or cut by '|' and then whole
  std::int64_t depth = 0;
  std::int64_t hidden_size = 0;
  std::int64_t num_attention_heads = 0;
  std::int64_t vocab_size = 0;
  std::int64_t seq_length = 0;
  double norm_epsilon = 1e-5;
  bool untie_embeddings_and_output_weights = true;
  double init_std = 0.02;
  std::string tokenizer = "HuggingFaceTokenizer";  ///< or "byte"
};

/// A: multi-head latent attention (DeepSeek-V2, arXiv:2405.04434, section 2.1). No LayerNorm on the
/// latents.
struct Mla {
  std::int64_t q_lora_rank = 0;
  std::int64_t kv_lora_rank = 0;
  std::int64_t qk_head_dim = 0;          ///< per head, without the rotary part
  std::int64_t qk_pos_emb_head_dim = 0;  ///< rotary part, one shared key
  std::int64_t v_head_dim = 0;
  double rotary_base = 10000.0;
};

/// A: sparse attention with the lightning indexer (DeepSeek-V3.2), on the A-ranks that |ranks|
/// lists; the others stay MLA. Empty |ranks|: no sparse attention anywhere.
struct Dsa {
  std::vector<std::int64_t> ranks;
  std::int64_t indexer_num_heads = 8;
  std::int64_t indexer_head_dim = 64;
  std::int64_t indexer_topk = 256;
};

/// E: mixture of experts; two-matrix experts h -> f -> h.
struct Moe {
  std::int64_t num_experts = 0;
  std::int64_t router_topk = 0;
  std::int64_t ffn_hidden_size = 0;
  std::int64_t shared_expert_ffn_hidden_size = 0;  ///< 0: no shared expert
  std::string score_function = "sigmoid";          ///< or "softmax"
  bool expert_bias = true;  ///< a bias for selection only, moved by load (arXiv:2408.15664)
  double expert_bias_update_rate = 1e-3;
  double aux_loss_coeff = 1e-4;
  std::string activation = "gelu";
};

/// M: Mamba-3 (state-spaces/mamba, mamba_ssm/modules/mamba3.py).
struct Mamba {
  std::int64_t state_size = 128;
  std::int64_t head_dim = 64;
  std::int64_t num_groups = 8;
  std::int64_t expand = 2;
  std::int64_t mimo_rank = 4;
  std::int64_t chunk_size = 16;
  double rope_fraction = 0.5;
  double a_floor = 1e-4;
  std::string a_activation = "softplus";  ///< or "heavy_tail" (state-spaces/mamba since 2026-07)
};

/// R: M2RNN, a matrix-to-matrix recurrence with a [key_head_dim, value_head_dim] state per head.
/// Heads: max(1, hidden_size / (key_head_dim + value_head_dim)).
struct M2rnn {
  std::int64_t key_head_dim = 64;
  std::int64_t value_head_dim = 16;
  std::int64_t conv_kernel = 4;
};

/// F: dense feed-forward h -> ffn -> h; used by the MTP block, and by dense patterns.
struct Dense {
  std::int64_t ffn_hidden_size = 0;
  std::string activation = "gelu";
};

/// Hashed n-gram embeddings added to the token embedding. Tables: |orders| x |heads|, their sizes
/// the consecutive primes that are at least |first_table_size|.
struct NgramHash {
  bool enabled = false;
  std::vector<std::int64_t> orders = {2, 3};
  std::int64_t heads = 8;
  std::int64_t first_table_size = 499801;  ///< rows
  std::int64_t embed_dim = 16;
};

/// Embeddings of structure ids that a batch may carry.
struct Structure {
  bool enabled = false;
  std::string components = "core";
  std::int64_t bottleneck_dim = 64;
};

/// Shape of one multi-token-prediction block; how many execute is policy.
struct Mtp {
  std::string pattern = "AF";  ///< one attention and one dense layer
};

struct Recipe {
  Model model;
  Mla mla;
  Dsa dsa;
  Moe moe;
  Mamba mamba;
  M2rnn m2rnn;
  Dense dense;
  NgramHash ngram_hash;
  Structure structure;
  Mtp mtp;
};

/// Every field, in the order in which a person reads them.
const base::Schema<Recipe>& Schema();

/// Errors: those of base::ReadToml and base::Load, with surface plan.
base::Expected<base::Loaded<Recipe>> Load(const std::filesystem::path& path);
/// The same of a document that is already parsed.
base::Expected<base::Loaded<Recipe>> FromToml(const base::TomlDocument& document);

}  // namespace nam56r::recipe
