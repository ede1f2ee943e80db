#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOutputGateAndMla = {
    .code = "PLAN1329",
    .title = "A gate after MLA",
    .dests = {"attention_output_gate", "multi_latent_attention"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("attention_output_gate") && a.On("multi_latent_attention");
        },
    .why = "has no output gate in MLA",
    .fix = "turn off {attention_output_gate}",
    .valid = "false",
    .source = "transformer_config.py:MLATransformerConfig.__post_init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--attention-output-gate",
    .passes = "gpt --attention-output-gate",
};

}  // namespace nam56r::dialect::rules
