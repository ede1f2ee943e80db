#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/offload.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadInsideRecompute = {
    .code = "POLICY1770",
    .title = "Offloading inside an expert layer that is recomputed",
    .dests = {"offload_modules", "recompute_modules"},
    .refuses =
        [](const Args& a, const Args&) {
          return OffloadsModules(a) && OffloadsInsideExperts(a) &&
                 (Recomputes(a, "moe") || a.On("moe_layer_recompute"));
        },
    .why =
        "keeps nothing inside an expert layer that it computes again, so that there is nothing to "
        "move",
    .fix = "take moe out of {recompute_modules}, or the parts of experts out of {offload_modules}",
    .valid = "core_attn|attn_norm|mlp_norm|qkv_linear",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules moe_act "
        "--recompute-granularity selective --recompute-modules moe",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules moe_act "
        "--recompute-granularity selective --recompute-modules layernorm",
};

}  // namespace nam56r::dialect::rules
