#pragma once

#include "src/dialect/rules/execution_facts.h"
#include "src/dialect/rules/mamba.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFp8WidthOfSmallBlackwell = {
    .code = "HOST2517",
    .title = "Width of the Mamba projection in FP8 on compute capability 12",
    .dests = {"mamba_num_heads", "fp8", "mamba_head_dim", "mamba_num_groups", "mamba_state_dim"},
    .refuses =
        [](const Args& a, const Args&) {
          const Surroundings& s = a.surroundings();
          return a.On("fp8") && s.knows_architecture && s.architecture >= 12 && TrunkHas(a, 'M') &&
                 MambaProjectionModulo16(a) != 0;
        },
    .why =
        "multiplies in FP8 on GPUs of compute capability 12 only matrices whose leading dimension "
        "is a multiple of 16: the backward pass of the Mamba projection ends in cublaslt_gemm.cu, "
        "which on Hopper it does not",
    .fix = "change {mamba_num_heads}",
    .source = "transformer_engine: cublaslt_gemm.cu; runs gbh-fp8-2 and gbh-fp8-4",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values { return MultiplesNear(MambaHeads(a), 16); },
    .fails =
        "sm:12 --spec cppmega.megatron.nam56r_noconv_spec build_spec --fp8-format hybrid "
        "--fp8-recipe tensorwise",
    .passes = "sm:12 --mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise",
};

}  // namespace nam56r::dialect::rules
