#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kClippedQueries = {
    .code = "POLICY1361",
    .title = "Clipped queries outside their range",
    .dests = {"qk_clip_alpha", "qk_clip_threshold", "qk_clip"},
    .refuses =
        [](const Args& a, const Args&) {
          const double alpha = a.Number("qk_clip_alpha");
          return a.On("qk_clip") &&
                 (!(alpha > 0 && alpha < 1) || !(a.Number("qk_clip_threshold") > 0));
        },
    .why = "clips queries and keys by a share between 0 and 1 above a threshold above 0",
    .fix = "write 0.5 for {qk_clip_alpha} and 100 for {qk_clip_threshold}",
    .valid = "between 0 and 1",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--qk-clip --qk-clip-alpha 1.0",
    .passes = "--qk-clip",
};

}  // namespace nam56r::dialect::rules
