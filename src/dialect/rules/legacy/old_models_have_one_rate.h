#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOldModelsHaveOneRate = {
    .code = "POLICY2804",
    .title = "Learning rate of the output layer in old models",
    .dests = {"decoupled_lr", "decoupled_min_lr", "use_legacy_models"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("use_legacy_models") &&
                 (!a.IsNull("decoupled_lr") || !a.IsNull("decoupled_min_lr"));
        },
    .why = "has no learning rate of the first and last layer in old models",
    .fix = "leave {use_legacy_models} out",
    .valid = "not given",
    .source = kValidate,
    .releases = {.until = 17},
    .reach = Reach::kCommandLine,
    .fails = "--use-legacy-models --ckpt-format torch !--overlap-param-gather --decoupled-lr 1e-5",
    .passes = "--decoupled-lr 1e-5",
};

}  // namespace nam56r::dialect::rules
