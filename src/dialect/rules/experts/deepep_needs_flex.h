#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDeepepNeedsFlex = {
    .code = "POLICY1414",
    .title = "DeepEP without the flex dispatcher",
    .dests = {"moe_enable_deepep", "moe_token_dispatcher_type"},
    .refuses = [](const Args& a, const Args&) { return a.On("moe_enable_deepep") && !Flex(a); },
    .why = "has DeepEP in the flex dispatcher only",
    .fix = "choose flex for {moe_token_dispatcher_type}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--moe-enable-deepep",
    .passes = "--moe-enable-deepep --moe-token-dispatcher-type flex --expert-model-parallel-size 8",
};

}  // namespace nam56r::dialect::rules
