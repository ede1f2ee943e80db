#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFusedRopeOverStages = {
    .code = "POLICY1337",
    .title = "Fused rotary embeddings of MLA over pipeline stages",
    .dests = {"apply_rope_fusion", "pipeline_model_parallel_size", "multi_latent_attention"},
    .refuses =
        [](const Args& a, const Args&) {
          const bool mla =
              HasLayer(a, '+') || HasLayer(a, 'D') || (a.minor() <= 18 && HasLayer(a, '*'));
          return Hybrid(a) && mla && a.On("multi_latent_attention") && a.On("apply_rope_fusion") &&
                 Pp(a) > 1;
        },
    .why =
        "read illegal memory in the fused rotary kernel of MLA, in a hybrid model of two "
        "stages (cudaErrorIllegalAddress while Triton tuned it), and the kernel has stayed as"
        " it was",
    .fix = "turn off {apply_rope_fusion}; it costs 10 to 30 ms a step",
    .valid = "false",
    .source = "recorded run mimo7-pp1-ropecrash; fused_mla_yarn_rope_apply.py:rotary_fwd_kv_kernel",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails = "--pipeline-model-parallel-size 2",
    .passes = "--pipeline-model-parallel-size 2 --no-rope-fusion",
};

}  // namespace nam56r::dialect::rules
