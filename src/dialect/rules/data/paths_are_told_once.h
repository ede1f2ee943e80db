#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPathsAreToldOnce = {
    .code = "POLICY2221",
    .title = "Data on the command line and in a file",
    .dests = {"data_path", "data_args_path", "per_split_data_args_path", "train_data_path"},
    .refuses =
        [](const Args& a, const Args&) {
          const bool split = !a.IsNull("train_data_path") || !a.IsNull("valid_data_path") ||
                             !a.IsNull("test_data_path");
          return (!a.IsNull("data_path") && !a.IsNull("data_args_path")) ||
                 (split && !a.IsNull("per_split_data_args_path"));
        },
    .why = "reads paths of data from the command line or from a file",
    .fix = "keep one of them",
    .valid = "one of the two",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "!--mock-data --data-path corpus --split 98,1,1 --data-args-path paths.txt",
    .passes = "!--mock-data --data-path corpus --split 98,1,1",
};

}  // namespace nam56r::dialect::rules
