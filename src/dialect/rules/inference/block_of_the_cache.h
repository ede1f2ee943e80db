#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kBlockOfTheCache = {
    .code = "POLICY2606",
    .title = "Blocks of the key-value cache of another size",
    .dests = {"inference_dynamic_batching_block_size", "inference_dynamic_batching"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("inference_dynamic_batching") &&
                 a.Int("inference_dynamic_batching_block_size", 256) % 256 != 0;
        },
    .why = "has blocks of the key-value cache of a multiple of 256 tokens",
    .fix = "choose a multiple of 256",
    .valid = "256|512|1024",
    .source = kValidate,
    .releases = {.until = 17},
    .reach = Reach::kCommandLine,
    .fails = "--inference-dynamic-batching --inference-dynamic-batching-block-size 100",
    .passes = "--inference-dynamic-batching",
};

}  // namespace nam56r::dialect::rules
