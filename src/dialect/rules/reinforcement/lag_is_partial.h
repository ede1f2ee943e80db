#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/reinforcement.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLagIsPartial = {
    .code = "POLICY2722",
    .title = "Generation that lags without partial rollouts",
    .dests = {"rl_generation_lag", "rl_submission_granularity", "rl_partial_rollouts"},
    .refuses =
        [](const Args& a, const Args&) {
          return Reinforces(a) && !a.On("rl_partial_rollouts") &&
                 (a.Int("rl_generation_lag") > 0 || a.Is("rl_submission_granularity", "R"));
        },
    .why = "lets generation lag, and submits single rollouts, under partial rollouts only",
    .fix = "give {rl_partial_rollouts}",
    .valid = "0",
    .source = kValidate,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--perform-rl-step --rl-generation-lag 1",
    .passes = "--perform-rl-step --rl-generation-lag 1 --rl-partial-rollouts",
};

}  // namespace nam56r::dialect::rules
