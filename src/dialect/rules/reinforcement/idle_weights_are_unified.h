#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/reinforcement.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kIdleWeightsAreUnified = {
    .code = "POLICY2705",
    .title = "Idle weights of inference outside unified memory",
    .dests = {"rl_offload_inference_model_weights_when_idle",
              "rl_inference_model_unified_memory_level"},
    .refuses =
        [](const Args& a, const Args&) {
          return Reinforces(a) && a.On("rl_offload_inference_model_weights_when_idle") &&
                 a.Int("rl_inference_model_unified_memory_level") != 1;
        },
    .why = "moves the idle weights of inference through unified memory only",
    .fix = "write 1 for {rl_inference_model_unified_memory_level}",
    .valid = "false",
    .source = kValidate,
    .releases = {.until = 16},
    .reach = Reach::kCommandLine,
    .fails = "--perform-rl-step --rl-offload-inference-model-weights-when-idle",
    .passes =
        "--perform-rl-step --rl-offload-inference-model-weights-when-idle "
        "--rl-inference-model-unified-memory-level 1",
};

}  // namespace nam56r::dialect::rules
