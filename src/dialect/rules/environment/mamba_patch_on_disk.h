#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMambaPatchOnDisk = {
    .code = "POLICY2318",
    .title = "Patch of Mamba kernels on disk",
    .dests = {"env:CPPMEGA_MAMBA3_P1"},
    .refuses = [](const Args& a, const Args&) { return VariableIs(a, "CPPMEGA_MAMBA3_P1", "1"); },
    .why =
        "changes files of the installed mamba_ssm, for every run after this one too: backward "
        "passes then end in \"InputDim() == 2\" or a misaligned address",
    .fix = "take CPPMEGA_MAMBA3_P1 away and install mamba_ssm anew",
    .valid = "0",
    .source = "runs p1-bwd-broken, gb-misalign and p-p1tma",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails = "CPPMEGA_MAMBA3_P1=1",
    .passes = "CPPMEGA_MAMBA3_P1=0",
};

}  // namespace nam56r::dialect::rules
