#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMambaRecomputeNeedsGranularity = {
    .code = "POLICY2317",
    .title = "Recompute of Mamba by a variable alone",
    .dests = {"env:CPPMEGA_MAMBA_RECOMPUTE", "recompute_granularity"},
    .refuses =
        [](const Args& a, const Args&) {
          return VariableIs(a, "CPPMEGA_MAMBA_RECOMPUTE", "1") && a.IsNull("recompute_granularity");
        },
    .why =
        "recomputes Mamba layers only beside --recompute-granularity: the patch says that it was "
        "applied and does nothing",
    .fix = "give --recompute-granularity selective",
    .valid = "0",
    .source = "cppmega: mamba_recompute_patch.py:_patched_init",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails = "CPPMEGA_MAMBA_RECOMPUTE=1",
    .passes =
        "CPPMEGA_MAMBA_RECOMPUTE=1 --recompute-granularity selective --recompute-modules moe_act",
};

}  // namespace nam56r::dialect::rules
