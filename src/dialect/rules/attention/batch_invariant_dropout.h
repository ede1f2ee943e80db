#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kBatchInvariantDropout = {
    .code = "POLICY1375",
    .title = "Batch-invariant kernels with attention dropout",
    .dests = {"attention_dropout", "batch_invariant_mode"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("batch_invariant_mode") && a.Number("attention_dropout") != 0;
        },
    .why = "draws dropout by place in the batch; its default is 0.1",
    .fix = "write 0 for {attention_dropout}",
    .valid = "0",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "--batch-invariant-mode --attention-backend flash --flash-attention-version 3 "
        "--attention-dropout 0.0 --attention-dropout 0.1",
    .passes =
        "--batch-invariant-mode --attention-backend flash --flash-attention-version 3 "
        "--attention-dropout 0.0",
};

}  // namespace nam56r::dialect::rules
