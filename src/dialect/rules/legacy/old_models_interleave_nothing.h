#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOldModelsInterleaveNothing = {
    .code = "POLICY2805",
    .title = "Interleaved rotary embeddings in old models",
    .dests = {"rotary_interleaved", "use_legacy_models"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("use_legacy_models") && a.On("rotary_interleaved"); },
    .why = "interleaves no rotary embeddings in old models",
    .fix = "leave {use_legacy_models} out",
    .valid = "false",
    .source = kValidate,
    .releases = {.until = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --use-legacy-models --ckpt-format torch !--overlap-param-gather --rotary-interleaved",
    .passes = "gpt --rotary-interleaved",
};

}  // namespace nam56r::dialect::rules
