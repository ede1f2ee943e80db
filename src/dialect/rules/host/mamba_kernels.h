#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMambaKernels = {
    .code = "HOST2503",
    .title = "Host without the kernels of Mamba",
    .dests = {"hybrid_layer_pattern", "hybrid_override_pattern"},
    .refuses =
        [](const Args& a, const Args&) {
          return NeedsMamba(a) && (Lacks(a, "mamba_ssm") || Lacks(a, "einops"));
        },
    .why = "builds Mamba layers with mamba_ssm and einops, and the host lacks one of them",
    .fix = "install mamba-ssm and einops",
    .valid = "mamba_ssm|einops",
    .source = "mamba_mixer.py:MambaMixer.__init__",
    .stage = Stage::kBuild,
    .fails = "!pkg:mamba_ssm",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
