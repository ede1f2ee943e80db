#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRotarySizeIsEven = {
    .code = "PLAN1328",
    .title = "An odd number of channels with positions",
    .dests = {"qk_pos_emb_head_dim", "position_embedding_type", "multi_latent_attention"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("multi_latent_attention") && a.Int("qk_pos_emb_head_dim", 64) > 0 &&
                 a.Int("qk_pos_emb_head_dim", 64) % 2 != 0;
        },
    .why = "rotates the channels with positions in pairs",
    .fix = "choose an even {qk_pos_emb_head_dim}",
    .source = "rotary_pos_embedding.py:RotaryEmbedding",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return MultiplesNear(a.Int("qk_pos_emb_head_dim", 64), 2);
    },
    .fails = "--qk-pos-emb-head-dim 33",
    .passes = "--qk-pos-emb-head-dim 32",
};

}  // namespace nam56r::dialect::rules
