#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPlainAttentionHasPositions = {
    .code = "PLAN1219",
    .title = "Plain attention in a model that has MLA turned on",
    .dests = {"multi_latent_attention", "hybrid_layer_pattern", "position_embedding_type"},
    .refuses = [](const Args& a,
                  const Args&) { return HasLayer(a, '*') && a.On("multi_latent_attention"); },
    .why =
        "builds the layers * as plain attention, and no rotary embeddings for them where MLA "
        "is on: they see no positions",
    .fix = "write + for *, or turn {multi_latent_attention} off",
    .valid = "false",
    .source = "hybrid_model.py:HybridModel.__init__",
    .stage = Stage::kRun,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--hybrid-layer-pattern *EME",
    .passes = "--hybrid-layer-pattern *EME !--multi-latent-attention",
};

}  // namespace nam56r::dialect::rules
