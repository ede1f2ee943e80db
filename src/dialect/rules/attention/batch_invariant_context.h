#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kBatchInvariantContext = {
    .code = "POLICY1374",
    .title = "Batch-invariant kernels with context parallelism",
    .dests = {"context_parallel_size", "batch_invariant_mode"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("batch_invariant_mode") && Cp(a) != 1; },
    .why = "has no batch-invariant kernels of shared sequences",
    .fix = "set {context_parallel_size} to 1",
    .valid = "1",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "--batch-invariant-mode --attention-backend flash --flash-attention-version 3 "
        "--attention-dropout 0.0 --context-parallel-size 2",
    .passes =
        "--batch-invariant-mode --attention-backend flash --flash-attention-version 3 "
        "--attention-dropout 0.0",
};

}  // namespace nam56r::dialect::rules
