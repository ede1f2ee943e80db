#pragma once

namespace nam56r::tests {

/// All four families, MTP and n-gram tables, as narrow as they go: trains in milliseconds a step.
inline constexpr const char* kNarrowRecipe = R"(
[model]
name = "narrow"
pattern = "AEMEAEMEAEMR"
depth = 12
hidden_size = 32
num_attention_heads = 2
vocab_size = 256
seq_length = 32
tokenizer = "byte"
[mla]
q_lora_rank = 8
kv_lora_rank = 8
qk_head_dim = 8
qk_pos_emb_head_dim = 8
v_head_dim = 8
[moe]
num_experts = 4
router_topk = 2
ffn_hidden_size = 32
shared_expert_ffn_hidden_size = 32
[mamba]
state_size = 8
head_dim = 16
num_groups = 2
mimo_rank = 2
chunk_size = 8
[m2rnn]
key_head_dim = 8
value_head_dim = 8
[dense]
ffn_hidden_size = 64
[ngram_hash]
enabled = true
heads = 2
first_table_size = 251
embed_dim = 4
)";

}  // namespace nam56r::tests
