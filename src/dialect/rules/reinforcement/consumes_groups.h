#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/reinforcement.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kConsumesGroups = {
    .code = "POLICY2724",
    .title = "Single rollouts that training consumes",
    .dests = {"rl_consumption_granularity", "rl_submission_granularity"},
    .refuses =
        [](const Args& a, const Args&) {
          return Reinforces(a) && (a.Is("rl_consumption_granularity", "R") ||
                                   (a.Is("rl_submission_granularity", "B") &&
                                    a.Is("rl_consumption_granularity", "G")));
        },
    .why = "consumes batches, or groups where groups or rollouts are submitted",
    .fix = "choose B for {rl_consumption_granularity}",
    .valid = "B",
    .source = kValidate,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--perform-rl-step --rl-consumption-granularity R",
    .passes = "--perform-rl-step --rl-consumption-granularity B",
};

}  // namespace nam56r::dialect::rules
