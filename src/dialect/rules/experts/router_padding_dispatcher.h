#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRouterPaddingDispatcher = {
    .code = "POLICY1417",
    .title = "Padding of the router's map with allgather",
    .dests = {"moe_router_padding_for_fp8", "moe_token_dispatcher_type"},
    .refuses =
        [](const Args& a, const Args&) {
          return (a.On("moe_router_padding_for_fp8") ||
                  a.On("moe_router_padding_for_quantization")) &&
                 !(a.IsNull("fp8") && a.IsNull("fp4")) &&
                 a.Is("moe_token_dispatcher_type", "allgather");
        },
    .why = "pads the router's map with alltoall and flex only",
    .fix = "choose alltoall for {moe_token_dispatcher_type}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --fp8-format hybrid --fp8-recipe tensorwise --moe-router-padding-for-fp8 --moe-"
        "token-dispatcher-type allgather",
    .passes = "gpt --fp8-format hybrid --fp8-recipe tensorwise --moe-router-padding-for-fp8",
};

}  // namespace nam56r::dialect::rules
