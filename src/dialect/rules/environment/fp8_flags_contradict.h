#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFp8FlagsContradict = {
    .code = "POLICY2322",
    .title = "FP8 on where the launcher says off",
    .dests = {"fp8", "env:FP8_FLAGS"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("fp8") && VariableIs(a, "FP8_FLAGS", "NONE"); },
    .why =
        "computes in FP8 because the command line says so: FP8_FLAGS=NONE was read by a launcher, "
        "or by none",
    .fix = "leave --fp8-format out",
    .valid = "not given",
    .source = "DatasunriseOU/cppmega: europe-bf16 leaves FP8 on",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails = "FP8_FLAGS=NONE --mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise",
    .passes = "FP8_FLAGS=NONE",
};

}  // namespace nam56r::dialect::rules
