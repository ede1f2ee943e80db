#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDeepepPadsNothing = {
    .code = "POLICY1411",
    .title = "Padding to capacity with DeepEP",
    .dests = {"moe_pad_expert_input_to_capacity", "moe_token_dispatcher_type",
              "moe_flex_dispatcher_backend"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("moe_pad_expert_input_to_capacity") && Flex(a) &&
                 (a.Is("moe_flex_dispatcher_backend", "deepep") || a.On("moe_enable_deepep"));
        },
    .why = "cannot pad with DeepEP",
    .fix =
        "turn off {moe_pad_expert_input_to_capacity}, or choose alltoall for "
        "{moe_token_dispatcher_type}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .fails =
        "--moe-token-dispatcher-type flex --expert-model-parallel-size 8 --moe-expert-"
        "capacity-factor 2.0 --moe-pad-expert-input-to-capacity",
    .passes =
        "--expert-model-parallel-size 8 --moe-expert-capacity-factor 2.0 --moe-pad-expert-"
        "input-to-capacity",
};

}  // namespace nam56r::dialect::rules
