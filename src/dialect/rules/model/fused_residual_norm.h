#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFusedResidualNorm = {
    .code = "PLAN2905",
    .title = "Residual fused with another norm",
    .dests = {"fused_residual_rmsnorm", "normalization"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("fused_residual_rmsnorm") && !a.Is("normalization", "RMSNorm");
        },
    .why = "fuses the residual with RMSNorm only",
    .fix = "choose RMSNorm for {normalization}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "--fused-residual-rmsnorm --normalization LayerNorm",
    .passes = "--fused-residual-rmsnorm",
};

}  // namespace nam56r::dialect::rules
