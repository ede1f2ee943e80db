#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMxfp8Architecture = {
    .code = "HOST2510",
    .title = "MXFP8 on GPUs that have none",
    .dests = {"fp8_recipe", "fp8"},
    .refuses =
        [](const Args& a, const Args&) {
          const int sm = a.surroundings().architecture;
          return a.On("fp8") && a.Is("fp8_recipe", "mxfp8") &&
                 a.surroundings().knows_architecture &&
                 (sm < 10 || (sm >= 12 && !VariableIs(a, "CPPMEGA_TE_MXFP8_BWD_TN_ADAPTER", "1")));
        },
    .why =
        "computes in MXFP8 on GPUs of compute capability 10: Transformer Engine refuses it on "
        "Hopper, and on 12, where backward products have no algorithm",
    .fix = "choose tensorwise for {fp8_recipe}",
    .valid = "tensorwise|delayed",
    .source = "transformer_engine: check_mxfp8_support; run gbq-mx-whole",
    .stage = Stage::kRun,
    .fails = "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe mxfp8",
    .passes = "sm:10 --mamba-num-heads 64 --fp8-format hybrid --fp8-recipe mxfp8",
};

}  // namespace nam56r::dialect::rules
