#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneSource = {
    .code = "POLICY2201",
    .title = "Two sources of data",
    .dests = {"mock_data", "data_path"},
    .refuses =
        [](const Args& a, const Args&) {
          // A list that is given without values is no source.
          const bool split =
              a.On("train_data_path") || a.On("valid_data_path") || a.On("test_data_path");
          return (a.On("mock_data") ? 1 : 0) + (a.On("data_path") ? 1 : 0) + (split ? 1 : 0) > 1;
        },
    .why = "takes one source of data",
    .fix = "keep one of them",
    .valid = "one source",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--mock-data --data-path corpus",
    .passes = "--mock-data",
};

}  // namespace nam56r::dialect::rules
