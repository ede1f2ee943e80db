#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFlexNeedsRealRanks = {
    .code = "POLICY1439",
    .title = "The flex dispatcher on ranks that are not there",
    .dests = {"moe_token_dispatcher_type", "fake_process_group"},
    .refuses = [](const Args& a, const Args&) { return a.On("fake_process_group") && Flex(a); },
    .why = "has no flex dispatcher in fake process groups",
    .fix = "choose alltoall for {moe_token_dispatcher_type}",
    .valid = "alltoall|allgather",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--fake-process-group --moe-token-dispatcher-type flex --expert-model-parallel-size 8",
    .passes = "--fake-process-group",
};

}  // namespace nam56r::dialect::rules
