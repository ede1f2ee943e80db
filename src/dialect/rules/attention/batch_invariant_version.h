#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kBatchInvariantVersion = {
    .code = "POLICY1373",
    .title = "Batch-invariant kernels without a version of flash attention",
    .dests = {"flash_attention_version", "batch_invariant_mode"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("batch_invariant_mode") && a.Int("flash_attention_version") != 3 &&
                 a.Int("flash_attention_version") != 4;
        },
    .why = "runs one kernel of flash attention in training and in inference, which must be told",
    .fix = "write 3 or 4 for {flash_attention_version}",
    .valid = "3|4",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--batch-invariant-mode --attention-backend flash --attention-dropout 0.0",
    .passes =
        "--batch-invariant-mode --attention-backend flash --flash-attention-version 3 "
        "--attention-dropout 0.0",
};

}  // namespace nam56r::dialect::rules
