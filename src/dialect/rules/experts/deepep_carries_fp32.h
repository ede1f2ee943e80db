#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDeepepCarriesFp32 = {
    .code = "POLICY1413",
    .title = "DeepEP with probabilities that are not FP32",
    .dests = {"moe_router_dtype", "moe_token_dispatcher_type", "moe_flex_dispatcher_backend"},
    .refuses =
        [](const Args& a, const Args&) {
          return Experts(a) && Flex(a) && a.Is("moe_flex_dispatcher_backend", "deepep") &&
                 !a.Is("moe_router_dtype", "fp32");
        },
    .why = "carries probabilities of fp32 through DeepEP only",
    .fix = "choose fp32 for {moe_router_dtype}",
    .valid = "\"fp32\"",
    .source = "token_dispatcher.py:_DeepepManager.dispatch",
    .stage = Stage::kRun,
    .reach = Reach::kContract,
    .fails =
        "--moe-token-dispatcher-type flex --expert-model-parallel-size 8 --moe-router-dtype "
        "fp64",
    .passes = "--moe-token-dispatcher-type flex --expert-model-parallel-size 8",
};

}  // namespace nam56r::dialect::rules
