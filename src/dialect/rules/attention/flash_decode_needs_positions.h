#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFlashDecodeNeedsPositions = {
    .code = "POLICY1371",
    .title = "Flash decoding with layers without positions",
    .dests = {"flash_decode", "no_rope_freq"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("flash_decode") && a.On("no_rope_freq"); },
    .why = "decodes fast where every layer has rotary positions only",
    .fix = "leave {flash_decode} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "gpt --no-rope-freq 4 --flash-decode",
    .passes = "gpt --no-rope-freq 4",
};

}  // namespace nam56r::dialect::rules
