#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLegacyModelsSaveTorch = {
    .code = "POLICY2228",
    .title = "Legacy model in a distributed checkpoint",
    .dests = {"use_legacy_models", "ckpt_format"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("use_legacy_models") && !a.Is("ckpt_format", "torch");
        },
    .why = "saves legacy models as torch only",
    .fix = "leave {use_legacy_models} out",
    .valid = "false",
    .source = kValidate,
    .releases = {.until = 17},
    .reach = Reach::kCommandLine,
    .fails = "gpt --use-legacy-models",
    .passes = "gpt",
};

}  // namespace nam56r::dialect::rules
