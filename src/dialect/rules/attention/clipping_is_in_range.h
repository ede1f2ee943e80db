#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kClippingIsInRange = {
    .code = "POLICY1333",
    .title = "Clipping of attention out of range",
    .dests = {"qk_clip_alpha", "qk_clip_threshold", "qk_clip"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("qk_clip") &&
                 !(a.Number("qk_clip_alpha", 0.5) > 0 && a.Number("qk_clip_alpha", 0.5) < 1 &&
                   a.Number("qk_clip_threshold", 100) > 0);
        },
    .why = "clips queries and keys by a power between 0 and 1 above a threshold over 0",
    .fix = "choose {qk_clip_alpha} between 0 and 1 and {qk_clip_threshold} above 0",
    .valid = "between 0 and 1",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--qk-clip --qk-clip-alpha 1.5",
    .passes = "--qk-clip --qk-clip-alpha 0.5",
};

}  // namespace nam56r::dialect::rules
