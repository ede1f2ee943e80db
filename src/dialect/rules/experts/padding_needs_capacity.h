#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPaddingNeedsCapacity = {
    .code = "POLICY1410",
    .title = "Padding to a capacity that is not given",
    .dests = {"moe_pad_expert_input_to_capacity", "moe_expert_capacity_factor"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("moe_pad_expert_input_to_capacity") && !Capacity(a); },
    .why = "pads to a capacity that it is not given",
    .fix = "set {moe_expert_capacity_factor}, or turn off {moe_pad_expert_input_to_capacity}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .fails = "--moe-pad-expert-input-to-capacity",
    .passes = "--moe-pad-expert-input-to-capacity --moe-expert-capacity-factor 2.0",
};

}  // namespace nam56r::dialect::rules
