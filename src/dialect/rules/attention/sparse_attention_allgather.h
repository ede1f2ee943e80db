#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline std::string Letters(std::string name) {
  std::erase(name, '_');
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return name;
}

inline constexpr ArgumentRule kSparseAttentionAllgather = {
    .code = "POLICY1302",
    .title = "Context parallelism of sparse attention that does not gather",
    .dests = {"cp_comm_type", "context_parallel_size", "experimental_attention_variant"},
    .refuses =
        [](const Args& a, const Args&) {
          if (Cp(a) <= 1 || !Dsa(a)) return false;
          const nlohmann::json& types = a.Value("cp_comm_type");
          return !std::all_of(types.begin(), types.end(), [](const nlohmann::json& type) {
            return type.is_string() && Letters(type.get<std::string>()) == "allgather";
          });
        },
    .why = "shares the sequences of sparse attention (DSA) with --cp-comm-type allgather only",
    .fix = "choose allgather for {cp_comm_type}, or set {context_parallel_size} to 1",
    .valid = "allgather",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .fails =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --dsa-indexer-n-"
        "heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256 --no-rope-fusion --context-"
        "parallel-size 2",
    .passes =
        "gpt --multi-latent-attention --experimental-attention-variant dsa --dsa-indexer-n-"
        "heads 8 --dsa-indexer-head-dim 64 --dsa-indexer-topk 256 --no-rope-fusion --context-"
        "parallel-size 2 --cp-comm-type allgather",
};

}  // namespace nam56r::dialect::rules
