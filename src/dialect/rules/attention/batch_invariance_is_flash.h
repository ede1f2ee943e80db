#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kBatchInvarianceIsFlash = {
    .code = "POLICY1336",
    .title = "Batch invariance without FlashAttention",
    .dests = {"batch_invariant_mode", "attention_backend", "flash_attention_version",
              "context_parallel_size", "attention_dropout"},
    .refuses =
        [](const Args& a, const Args&) {
          if (!a.On("batch_invariant_mode")) return false;
          if (!a.Is("attention_backend", "flash")) return true;
          if (a.minor() < 19) return false;
          const std::int64_t version = a.Int("flash_attention_version");
          return version < 3 || Cp(a) != 1 || a.Number("attention_dropout", 0.1) != 0;
        },
    .why =
        "has attention that does not depend on the batch in FlashAttention only; since 0.19 "
        "in its versions 3 and 4, without context parallelism and dropout",
    .fix = "choose flash for {attention_backend}, or turn off {batch_invariant_mode}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--batch-invariant-mode",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
