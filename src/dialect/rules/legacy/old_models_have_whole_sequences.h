#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOldModelsHaveWholeSequences = {
    .code = "POLICY2806",
    .title = "Context parallelism of old models",
    .dests = {"context_parallel_size", "use_legacy_models"},
    .refuses = [](const Args& a, const Args&) { return a.On("use_legacy_models") && Cp(a) > 1; },
    .why = "shares no sequences of old models",
    .fix = "leave {use_legacy_models} out",
    .valid = "1",
    .source = kValidate,
    .releases = {.until = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "--use-legacy-models --ckpt-format torch !--overlap-param-gather --context-parallel-size 2",
    .passes = "--context-parallel-size 2",
};

}  // namespace nam56r::dialect::rules
