#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLossScaleNeedsDepth = {
    .code = "POLICY1610",
    .title = "A weight of the MTP loss without MTP",
    .dests = {"mtp_loss_scaling_factor", "mtp_num_layers"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return raw.Given("mtp_loss_scaling_factor") && !a.On("mtp_num_layers");
        },
    .why = "has no MTP loss to weigh",
    .fix = "leave {mtp_loss_scaling_factor} out, or give {mtp_num_layers}",
    .valid = "not given",
    .source = "multi_token_prediction.py:MTPLossAutoScaler",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .reach = Reach::kCommandLine,
    .fails = "gpt --mtp-loss-scaling-factor 0.3",
    .passes = "gpt --mtp-num-layers 1 --mtp-loss-scaling-factor 0.3",
};

}  // namespace nam56r::dialect::rules
