#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/reinforcement.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSamplesFillBatches = {
    .code = "POLICY2710",
    .title = "Generated samples that do not fill batches",
    .dests = {"global_batch_size", "grpo_prompts_per_step", "grpo_group_size", "grpo_iterations"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return Reinforces(a) && ((a.minor() < 17 && raw.IsNull("global_batch_size")) ||
                                   (a.Int("global_batch_size") != 0 &&
                                    GeneratedSamples(a) % a.Int("global_batch_size") != 0));
        },
    .why =
        "trains on all samples of a round in whole batches; 0.16 wants --global-batch-size given",
    .fix = "choose a divisor of prompts * group * iterations",
    .valid = "divisors of the samples of a round",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--perform-rl-step --global-batch-size 96",
    .passes = "--perform-rl-step --global-batch-size 64",
};

}  // namespace nam56r::dialect::rules
