#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCompiledMixer = {
    .code = "POLICY2319",
    .title = "Whole Mamba mixer under torch.compile",
    .dests = {"env:CPPMEGA_MAMBA3_COMPILE"},
    .refuses = [](const Args& a,
                  const Args&) { return VariableIs(a, "CPPMEGA_MAMBA3_COMPILE", "1"); },
    .why = "compiles Mamba3.forward, whose Triton kernels take tuples that the compiler cannot",
    .fix = "take CPPMEGA_MAMBA3_COMPILE away",
    .valid = "0",
    .source = "run f13-compile",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails = "CPPMEGA_MAMBA3_COMPILE=1",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
