#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kTpNeedsTpMixer = {
    .code = "POLICY2315",
    .title = "TP of the author's Mamba",
    .dests = {"tensor_model_parallel_size", "spec", "env:CPPMEGA_MAMBA3_TP_MIXER"},
    .refuses =
        [](const Args& a, const Args&) {
          return Tp(a) > 1 && AuthorSpec(a) && !VariableIs(a, "CPPMEGA_MAMBA3_TP_MIXER", "1");
        },
    .why = "builds the author's Mamba-3 mixer, which raises at TP above 1",
    .fix = "set {tensor_model_parallel_size} to 1, or CPPMEGA_MAMBA3_TP_MIXER to 1",
    .valid = "1",
    .source = "cppmega: AuthorMamba3Mixer.__init__; runs TP2-v1 and K2",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "--spec cppmega.megatron.nam56r_full_spec build_nam56r_full_stack_spec "
        "--tensor-model-parallel-size 2 --sequence-parallel",
    .passes = "--spec cppmega.megatron.nam56r_full_spec build_nam56r_full_stack_spec",
};

}  // namespace nam56r::dialect::rules
