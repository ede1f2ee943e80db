#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kBatchInvariantBackend = {
    .code = "POLICY1372",
    .title = "Batch-invariant kernels of another attention",
    .dests = {"batch_invariant_mode", "attention_backend"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("batch_invariant_mode") && !a.Is("attention_backend", "flash");
        },
    .why = "has batch-invariant kernels of flash attention only",
    .fix = "choose flash for {attention_backend}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--batch-invariant-mode",
    .passes = "--attention-backend flash",
};

}  // namespace nam56r::dialect::rules
