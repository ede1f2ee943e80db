#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/reinforcement.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRefittedExpertsAreNew = {
    .code = "POLICY2707",
    .title = "Experts of the old grouped product on other ranks in inference",
    .dests = {"moe_use_legacy_grouped_gemm", "rl_inference_expert_model_parallel_size",
              "expert_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return Reinforces(a) && a.On("moe_use_legacy_grouped_gemm") &&
                 !a.IsNull("rl_inference_expert_model_parallel_size") &&
                 a.Int("rl_inference_expert_model_parallel_size") !=
                     a.Int("expert_model_parallel_size", 1);
        },
    .why =
        "deals experts of the old grouped matrix product to the same ranks in inference and "
        "training",
    .fix = "leave {moe_use_legacy_grouped_gemm} out",
    .valid = "false",
    .source = kValidate,
    .releases = {.until = 16},
    .reach = Reach::kCommandLine,
    .fails =
        "--perform-rl-step --moe-use-legacy-grouped-gemm --rl-inference-expert-model-parallel-size "
        "4",
    .passes = "--perform-rl-step --rl-inference-expert-model-parallel-size 4",
};

}  // namespace nam56r::dialect::rules
