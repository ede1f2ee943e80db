#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kHeadsAreTold = {
    .code = "PLAN1313",
    .dests = {"num_attention_heads"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return raw.IsNull("kv_channels") && a.Int("num_attention_heads", 0) <= 0;
        },
    .why = "divides the hidden size by the heads",
    .fix = "give {num_attention_heads}",
    .valid = "1 and more",
    .source = kValidate,
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
