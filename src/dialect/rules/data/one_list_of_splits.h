#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneListOfSplits = {
    .code = "POLICY2265",
    .title = "Splits on the command line and in a file",
    .dests = {"per_split_data_args_path", "train_data_path", "valid_data_path", "test_data_path"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("per_split_data_args_path") &&
                 (!a.IsNull("train_data_path") || !a.IsNull("valid_data_path") ||
                  !a.IsNull("test_data_path"));
        },
    .why = "reads the data of each split from the command line or from a file",
    .fix = "keep one of them",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "!--mock-data --train-data-path corpus --per-split-data-args-path list",
    .passes = "!--mock-data --train-data-path corpus",
};

}  // namespace nam56r::dialect::rules
