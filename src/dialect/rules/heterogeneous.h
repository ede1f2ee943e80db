#pragma once

#include "src/dialect/rules/facts.h"

/// --heterogeneous-layers-config-encoded-json: the layers of a model whose layers differ, which
/// fixes the sizes of the others. A path to the same is read by nobody here.
namespace nam56r::dialect::rules {

inline constexpr std::string_view kHeterogeneousSource =
    "arguments.py:validate_model_config_args_from_heterogeneous_config";
inline constexpr std::size_t kLongestHeterogeneous = 1 << 20;

/// Null where none is given; discarded where it is no object of JSON.
inline nlohmann::json HeterogeneousLayers(const Args& a) {
  const nlohmann::json& given = a.Value("heterogeneous_layers_config_encoded_json");
  if (!given.is_string()) return nullptr;
  const std::string& text = given.get_ref<const std::string&>();
  nlohmann::json discarded(nlohmann::json::value_t::discarded);
  if (text.size() > kLongestHeterogeneous) return discarded;
  nlohmann::json layers = nlohmann::json::parse(text, nullptr, false);
  return layers.is_object() ? layers : discarded;
}
/// Query heads a group in each layer with attention; nothing where they are not told.
inline std::vector<nlohmann::json> HeadsInGroup(const nlohmann::json& layers) {
  std::vector<nlohmann::json> heads;
  const auto blocks = layers.find("block_configs");
  if (blocks == layers.end() || !blocks->is_array()) return heads;
  for (const nlohmann::json& block : *blocks) {
    if (!block.is_object() || !block.contains("attention")) return {};
    const nlohmann::json& attention = block["attention"];
    if (!attention.is_object() || !attention.contains("n_heads_in_group")) return {};
    if (!attention["n_heads_in_group"].is_null()) heads.push_back(attention["n_heads_in_group"]);
  }
  return heads;
}
/// A whole number that no quotient of two such overflows with.
inline bool IsSize(const nlohmann::json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>() <= Args::kMostSize;
  return value.is_number_integer() && value.get<std::int64_t>() >= -Args::kMostSize;
}
/// Whether it says all that validation reads of it, and says it alike for every layer.
inline bool IsWhole(const nlohmann::json& layers) {
  for (const char* key : {"hidden_size", "num_hidden_layers", "num_attention_heads",
                          "tie_word_embeddings", "rope_theta"}) {
    if (!layers.contains(key)) return false;
  }
  const auto scaling = layers.find("rope_scaling");
  if (scaling == layers.end() || !scaling->is_object() || !scaling->contains("factor")) {
    return false;
  }
  const std::vector<nlohmann::json> heads = HeadsInGroup(layers);
  return layers.value("hidden_act", nlohmann::json()) == "silu" && !heads.empty() &&
         IsSize(heads.front()) && heads.front() != 0 && IsSize(layers["num_attention_heads"]) &&
         std::all_of(heads.begin(), heads.end(),
                     [&](const nlohmann::json& own) { return own == heads.front(); });
}
/// Whether the command line says the same sizes.
inline bool Agrees(const Args& raw, const nlohmann::json& layers) {
  const std::int64_t groups = layers["num_attention_heads"].get<std::int64_t>() /
                              HeadsInGroup(layers).front().get<std::int64_t>();
  return raw.On("swiglu") && raw.Is("normalization", "RMSNorm") &&
         raw.On("group_query_attention") && raw.Is("position_embedding_type", "rope") &&
         raw.Number("rotary_percent") == 1 && raw.On("use_rope_scaling") &&
         raw.On("use_rotary_position_embeddings") &&
         raw.Value("num_layers") == layers["num_hidden_layers"] &&
         raw.Value("hidden_size") == layers["hidden_size"] &&
         raw.Value("num_attention_heads") == layers["num_attention_heads"] &&
         nlohmann::json(!raw.On("untie_embeddings_and_output_weights")) ==
             layers["tie_word_embeddings"] &&
         raw.Value("rotary_base") == layers["rope_theta"] &&
         raw.Value("rope_scaling_factor") == layers["rope_scaling"]["factor"] &&
         raw.Int("num_query_groups") == groups;
}

}  // namespace nam56r::dialect::rules
