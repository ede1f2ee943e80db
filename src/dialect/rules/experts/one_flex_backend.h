#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneFlexBackend = {
    .code = "POLICY1415",
    .title = "Two backends of the flex dispatcher",
    .dests = {"moe_enable_deepep", "moe_flex_dispatcher_backend"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return a.On("moe_enable_deepep") && Flex(a) &&
                 raw.Is("moe_flex_dispatcher_backend", "hybridep");
        },
    .why = "takes one backend for the flex dispatcher",
    .fix = "leave {moe_enable_deepep} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "--moe-enable-deepep --moe-token-dispatcher-type flex --expert-model-parallel-size 8 "
        "--moe-flex-dispatcher-backend hybridep",
    .passes =
        "--moe-token-dispatcher-type flex --expert-model-parallel-size 8 --moe-flex-"
        "dispatcher-backend hybridep",
};

}  // namespace nam56r::dialect::rules
