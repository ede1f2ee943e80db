#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPretendedGroupAndFlex = {
    .code = "POLICY1066",
    .title = "Pretended process group with the flex dispatcher",
    .dests = {"fake_process_group", "moe_token_dispatcher_type"},
    .refuses = [](const Args& a, const Args&) { return a.On("fake_process_group") && Flex(a); },
    .why = "has no flex dispatcher that pretends to exchange",
    .fix = "choose alltoall for {moe_token_dispatcher_type}",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--fake-process-group --expert-model-parallel-size 8 --moe-token-dispatcher-type flex",
    .passes = "--fake-process-group",
};

}  // namespace nam56r::dialect::rules
