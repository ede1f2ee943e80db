#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kNcclepNeedsFlex = {
    .code = "POLICY1436",
    .title = "NCCL EP without the flex dispatcher",
    .dests = {"moe_flex_dispatcher_backend", "moe_token_dispatcher_type"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("moe_flex_dispatcher_backend", "ncclep") && !Flex(a);
        },
    .why = "has NCCL EP in the flex dispatcher only",
    .fix = "choose flex for {moe_token_dispatcher_type}",
    .valid = "deepep|hybridep",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--moe-flex-dispatcher-backend ncclep",
    .passes =
        "--moe-flex-dispatcher-backend ncclep --moe-token-dispatcher-type flex --expert-"
        "model-parallel-size 8",
};

}  // namespace nam56r::dialect::rules
