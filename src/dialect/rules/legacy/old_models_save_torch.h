#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOldModelsSaveTorch = {
    .code = "POLICY2801",
    .title = "Old models in another checkpoint format",
    .dests = {"ckpt_format", "use_legacy_models"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("use_legacy_models") && !a.Is("ckpt_format", "torch");
        },
    .why = "saves old models as torch only",
    .fix = "choose torch for {ckpt_format}, or leave {use_legacy_models} out",
    .valid = "torch",
    .source = kValidate,
    .releases = {.until = 17},
    .reach = Reach::kCommandLine,
    .fails = "--use-legacy-models !--overlap-param-gather",
    .passes = "!--overlap-param-gather --ckpt-format torch",
};

}  // namespace nam56r::dialect::rules
