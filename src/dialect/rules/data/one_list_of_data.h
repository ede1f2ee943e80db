#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneListOfData = {
    .code = "POLICY2264",
    .title = "Data on the command line and in a file",
    .dests = {"data_path", "data_args_path"},
    .refuses = [](const Args& a,
                  const Args&) { return !a.IsNull("data_path") && !a.IsNull("data_args_path"); },
    .why = "reads the list of data from the command line or from a file",
    .fix = "keep one of them",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "!--mock-data --data-path corpus --data-args-path list",
    .passes = "!--mock-data --data-path corpus",
};

}  // namespace nam56r::dialect::rules
