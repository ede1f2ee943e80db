#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSavedTensors = {
    .code = "HOST2515",
    .title = "Host without the memory saver of reinforcement learning",
    .dests = {"rl_offload_inference_model_weights_when_idle",
              "rl_inference_model_unified_memory_level"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("perform_rl_step") && a.On("rl_offload_inference_model_weights_when_idle") &&
                 a.Int("rl_inference_model_unified_memory_level") != 1 &&
                 Lacks(a, "torch_memory_saver");
        },
    .why =
        "moves idle weights of inference by unified memory or torch_memory_saver, which the host "
        "lacks",
    .fix = "set {rl_inference_model_unified_memory_level} to 1",
    .valid = "false",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "!pkg:torch_memory_saver --perform-rl-step --rl-offload-inference-model-weights-when-idle",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
