#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLatentWidth = {
    .code = "PLAN1461",
    .title = "Experts in a latent space without width",
    .dests = {"moe_latent_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("moe_latent_size") && a.Int("moe_latent_size") <= 0;
        },
    .why = "projects tokens into a latent space of width 1 and more",
    .fix = "leave {moe_latent_size} out",
    .valid = "1 and more",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--moe-latent-size 0",
    .passes = "--moe-latent-size 1024",
};

}  // namespace nam56r::dialect::rules
