#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kNormOfGatedDelta = {
    .code = "POLICY1764",
    .title = "Recompute of a norm that the model lacks",
    .dests = {"recompute_modules", "experimental_attention_variant"},
    .refuses =
        [](const Args& a, const Args&) {
          return Recomputes(a, "gdn_norm_out") &&
                 !a.Is("experimental_attention_variant", "gated_delta_net");
        },
    .why =
        "recomputes gdn_norm_out in gated delta networks that --experimental-attention-variant "
        "sets only",
    .fix = "take gdn_norm_out out of {recompute_modules}",
    .valid = "core_attn|layernorm|mla_up_proj|mlp|moe|moe_act|shared_experts",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--recompute-granularity selective --recompute-modules gdn_norm_out",
    .passes = "--recompute-granularity selective --recompute-modules layernorm",
};

}  // namespace nam56r::dialect::rules
