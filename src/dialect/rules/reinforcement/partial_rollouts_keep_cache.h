#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/reinforcement.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPartialRolloutsKeepCache = {
    .code = "POLICY2704",
    .title = "Key-value cache removed under partial rollouts",
    .dests = {"rl_remove_kv_cache_during_training", "rl_partial_rollouts"},
    .refuses =
        [](const Args& a, const Args&) {
          return Reinforces(a) && a.On("rl_partial_rollouts") &&
                 a.On("rl_remove_kv_cache_during_training");
        },
    .why = "goes on with rollouts from the key-value cache that it would remove",
    .fix = "leave {rl_remove_kv_cache_during_training} out",
    .valid = "false",
    .source = kValidate,
    .releases = {.until = 16},
    .reach = Reach::kCommandLine,
    .fails = "--perform-rl-step --rl-remove-kv-cache-during-training --rl-partial-rollouts",
    .passes = "--perform-rl-step --rl-partial-rollouts",
};

}  // namespace nam56r::dialect::rules
