#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLatentAndOldGroupedProduct = {
    .code = "POLICY1463",
    .title = "Latent space of experts with the old grouped product",
    .dests = {"moe_use_legacy_grouped_gemm", "moe_latent_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("moe_latent_size") && a.On("moe_use_legacy_grouped_gemm");
        },
    .why = "has no latent space in the old grouped matrix product",
    .fix = "leave {moe_use_legacy_grouped_gemm} out",
    .valid = "false",
    .source = kValidate,
    .releases = {.until = 16},
    .reach = Reach::kCommandLine,
    .fails = "--moe-latent-size 1024 --moe-use-legacy-grouped-gemm",
    .passes = "--moe-latent-size 1024",
};

}  // namespace nam56r::dialect::rules
