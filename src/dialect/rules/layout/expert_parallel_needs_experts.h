#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExpertParallelNeedsExperts = {
    .code = "POLICY1004",
    .title = "Expert parallelism without experts",
    .dests = {"expert_model_parallel_size", "num_experts"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Int("expert_model_parallel_size", 1) > 1 && a.IsNull("num_experts");
        },
    .why = "has no experts to deal out",
    .fix = "set {expert_model_parallel_size} to 1",
    .valid = "1",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "gpt !--num-experts",
    .passes = "gpt !--num-experts !--moe-ffn-hidden-size --expert-model-parallel-size 1",
};

}  // namespace nam56r::dialect::rules
