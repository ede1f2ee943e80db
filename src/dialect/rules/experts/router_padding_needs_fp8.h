#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRouterPaddingNeedsFp8 = {
    .code = "POLICY1416",
    .title = "Padding of the router's map without FP8",
    .dests = {"moe_router_padding_for_fp8", "moe_router_padding_for_quantization", "fp8"},
    .refuses =
        [](const Args& a, const Args&) {
          return (a.On("moe_router_padding_for_fp8") ||
                  a.On("moe_router_padding_for_quantization")) &&
                 a.IsNull("fp8") && a.IsNull("fp4");
        },
    .why = "pads the router's map in FP8 and FP4 only",
    .fix = "turn off {moe_router_padding_for_fp8}, or give {fp8}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .blamed_of = [](const Args&, const Args& raw) -> std::string_view {
      return raw.On("moe_router_padding_for_fp8") ? "moe_router_padding_for_fp8"
                                                  : "moe_router_padding_for_quantization";
    },
    .argv_fix = "turn the padding off, or give {fp8}",
    .fails = "--moe-router-padding-for-fp8",
    .passes = "gpt --fp8-format hybrid --fp8-recipe tensorwise --moe-router-padding-for-fp8",
};

}  // namespace nam56r::dialect::rules
