#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRotaryInterleavedAndMla = {
    .code = "POLICY1309",
    .title = "Interleaved rotary embeddings in MLA",
    .dests = {"rotary_interleaved", "multi_latent_attention"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("rotary_interleaved") && a.On("multi_latent_attention");
        },
    .why = "interleaves no rotary embeddings in MLA",
    .fix = "turn off {rotary_interleaved}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--rotary-interleaved",
    .passes = "gpt --rotary-interleaved",
};

}  // namespace nam56r::dialect::rules
