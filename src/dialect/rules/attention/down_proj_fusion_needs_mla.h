#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDownProjFusionNeedsMla = {
    .code = "POLICY1311",
    .title = "Fused down-projections without MLA",
    .dests = {"mla_down_proj_fusion", "multi_latent_attention"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("mla_down_proj_fusion") && !a.On("multi_latent_attention");
        },
    .why = "fuses the down-projections of MLA, and this model has none",
    .fix = "turn off {mla_down_proj_fusion}",
    .valid = "false",
    .source = kValidate,
    .releases = {.since = 17},
    .fails = "gpt --mla-down-proj-fusion",
    .passes = "gpt --multi-latent-attention --q-lora-rank 64 --mla-down-proj-fusion",
};

}  // namespace nam56r::dialect::rules
