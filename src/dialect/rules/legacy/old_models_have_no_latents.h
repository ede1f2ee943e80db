#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOldModelsHaveNoLatents = {
    .code = "POLICY2807",
    .title = "Latent space of experts in old models",
    .dests = {"moe_latent_size", "use_legacy_models"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("use_legacy_models") && !a.IsNull("moe_latent_size");
        },
    .why = "has no latent space of experts in old models",
    .fix = "leave {use_legacy_models} out",
    .valid = "not given",
    .source = kValidate,
    .releases = {.until = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "--use-legacy-models --ckpt-format torch !--overlap-param-gather --moe-latent-size 1024",
    .passes = "--moe-latent-size 1024",
};

}  // namespace nam56r::dialect::rules
