#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRecomputeByOne = {
    .code = "POLICY1607",
    .title = "Full recompute of several layers at once with MTP",
    .dests = {"recompute_num_layers", "recompute_method", "mtp_num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("mtp_num_layers") &&
                 (!Hybrid(a) ||
                  (a.minor() >= 17 && MtpDepthOfPattern(a.Text("hybrid_layer_pattern")) > 0)) &&
                 Full(a) && a.Is("recompute_method", "uniform") &&
                 a.Int("recompute_num_layers") != 1;
        },
    .why =
        "recomputes an MTP block by itself and stops in the first forward where more layers "
        "are to go together",
    .fix = "set {recompute_num_layers} to 1",
    .valid = "1",
    .source = "multi_token_prediction.py:MultiTokenPredictionLayer._checkpointed_forward",
    .stage = Stage::kRun,
    .fails =
        "gpt --mtp-num-layers 1 --recompute-granularity full --recompute-method uniform "
        "--recompute-num-layers 2",
    .passes =
        "gpt --mtp-num-layers 1 --recompute-granularity full --recompute-method uniform "
        "--recompute-num-layers 1",
};

}  // namespace nam56r::dialect::rules
