#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGatedOutputAndMla = {
    .code = "PLAN1368",
    .title = "Output gate in MLA",
    .dests = {"attention_output_gate", "multi_latent_attention"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("attention_output_gate") && a.On("multi_latent_attention");
        },
    .why = "gates the output of attention in layers * only",
    .fix = "leave {attention_output_gate} out",
    .valid = "false",
    .source = "transformer_config.py:MLATransformerConfig.__post_init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--attention-output-gate",
    .passes = "gpt --attention-output-gate",
};

}  // namespace nam56r::dialect::rules
