#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/reinforcement.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kIdleWeightsPackage = {
    .code = "POLICY2706",
    .title = "Idle weights of inference without torch_memory_saver",
    .dests = {"rl_offload_inference_model_weights_when_idle",
              "rl_inference_model_unified_memory_level"},
    .refuses =
        [](const Args& a, const Args&) {
          return Reinforces(a) && a.On("rl_offload_inference_model_weights_when_idle") &&
                 a.Int("rl_inference_model_unified_memory_level") != 1 &&
                 !a.surroundings().packages;
        },
    .why =
        "imports torch_memory_saver when it validates, unless idle weights lie in unified memory, "
        "and nothing is known of the host",
    .fix =
        "write 1 for {rl_inference_model_unified_memory_level}, or install torch_memory_saver on "
        "every host",
    .valid = "false",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "--perform-rl-step --rl-offload-inference-model-weights-when-idle !pkg",
    .passes =
        "--perform-rl-step --rl-offload-inference-model-weights-when-idle "
        "--rl-inference-model-unified-memory-level 1",
};

}  // namespace nam56r::dialect::rules
