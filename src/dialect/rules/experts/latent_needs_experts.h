#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLatentNeedsExperts = {
    .code = "PLAN1462",
    .title = "Latent space of experts in a model without them",
    .dests = {"moe_latent_size", "num_experts"},
    .refuses = [](const Args& a,
                  const Args&) { return !a.IsNull("moe_latent_size") && !Experts(a); },
    .why = "projects tokens for experts, and there are none",
    .fix = "leave {moe_latent_size} out",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "!--num-experts !--moe-ffn-hidden-size !--moe-grouped-gemm --moe-latent-size 64",
    .passes = "--moe-latent-size 1024",
};

}  // namespace nam56r::dialect::rules
