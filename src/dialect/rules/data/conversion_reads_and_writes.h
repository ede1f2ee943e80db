#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kConversionReadsAndWrites = {
    .code = "POLICY2260",
    .title = "Conversion of a checkpoint without both directories",
    .dests = {"ckpt_convert_format", "ckpt_convert_save", "load"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("ckpt_convert_format") &&
                 (a.IsNull("ckpt_convert_save") || a.IsNull("load"));
        },
    .why = "converts a checkpoint from one directory into another",
    .fix = "give {load} and {ckpt_convert_save}",
    .valid = "not given",
    .source = kValidate,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--ckpt-convert-format torch_dist",
    .passes = "--ckpt-convert-format torch_dist --ckpt-convert-save new --load old",
};

}  // namespace nam56r::dialect::rules
