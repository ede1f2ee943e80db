#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kTeCrossEntropy = {
    .code = "POLICY2116",
    .title = "Transformer Engine's fused loss",
    .dests = {"cross_entropy_loss_fusion", "cross_entropy_fusion_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("cross_entropy_loss_fusion") && a.Is("cross_entropy_fusion_impl", "te");
        },
    .why = "has Transformer Engine's fused loss disabled",
    .fix = "choose native for {cross_entropy_loss_fusion}",
    .valid = "\"native\"|\"linear\"",
    .source = kValidate,
    .releases = {.since = 18},
    .blamed_of = [](const Args&, const Args&) -> std::string_view {
      return "cross_entropy_fusion_impl";
    },
    .argv_fix = "choose native for {cross_entropy_fusion_impl}",
    .fails = "--cross-entropy-loss-fusion --cross-entropy-fusion-impl te",
    .passes = "--cross-entropy-loss-fusion --cross-entropy-fusion-impl native",
};

}  // namespace nam56r::dialect::rules
