#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/heterogeneous.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kHeterogeneousLayersAgree = {
    .code = "PLAN2908",
    .title = "Layers that differ from the rest of the line",
    .dests = {"heterogeneous_layers_config_encoded_json", "hidden_size", "num_layers",
              "num_attention_heads", "num_query_groups"},
    .refuses =
        [](const Args&, const Args& raw) {
          const nlohmann::json layers = HeterogeneousLayers(raw);
          return layers.is_object() && IsWhole(layers) && !Agrees(raw, layers);
        },
    .why =
        "wants the same sizes on the line as in the layers that differ, SwiGLU, RMSNorm, query "
        "groups and scaled rotary embeddings",
    .fix = "write the sizes of the layers on the line",
    .valid = "not given",
    .source = kHeterogeneousSource,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --heterogeneous-layers-config-encoded-json "
        "{\"hidden_act\":\"silu\",\"hidden_size\":4096,\"num_hidden_layers\":16,\"num_attention_"
        "heads\":32,\"tie_word_embeddings\":false,\"rope_theta\":500000,\"rope_scaling\":{"
        "\"factor\":8.0},\"block_configs\":[{\"attention\":{\"n_heads_in_group\":4}}]}",
    .passes =
        "gpt --group-query-attention --num-query-groups 8 --use-rope-scaling "
        "--use-rotary-position-embeddings --rotary-base 500000 "
        "--heterogeneous-layers-config-encoded-json "
        "{\"hidden_act\":\"silu\",\"hidden_size\":4096,\"num_hidden_layers\":16,\"num_attention_"
        "heads\":32,\"tie_word_embeddings\":false,\"rope_theta\":500000,\"rope_scaling\":{"
        "\"factor\":8.0},\"block_configs\":[{\"attention\":{\"n_heads_in_group\":4}}]}",
};

}  // namespace nam56r::dialect::rules
