#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLatentSizeIsPositive = {
    .code = "PLAN1437",
    .title = "A latent projection of experts without width or without experts",
    .dests = {"moe_latent_size", "num_experts"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("moe_latent_size") &&
                 (a.Int("moe_latent_size") <= 0 || a.IsNull("num_experts"));
        },
    .why = "projects what experts work on to a width above 0",
    .fix = "leave {moe_latent_size} out, or give {num_experts}",
    .valid = "not given|1 and more",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--moe-latent-size 0",
    .passes = "--moe-latent-size 1024",
};

}  // namespace nam56r::dialect::rules
