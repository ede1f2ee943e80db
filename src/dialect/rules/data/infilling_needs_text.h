#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kInfillingNeedsText = {
    .code = "POLICY2273",
    .title = "Fill in the middle of mock data",
    .dests = {"fim_data", "mock_data"},
    .refuses = [](const Args& a, const Args&) { return a.On("fim_data") && a.On("mock_data"); },
    .why = "cuts documents to fill in the middle, and mock data has none",
    .fix = "leave {fim_data} or {mock_data} out",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--fim-data",
    .passes = "!--mock-data --data-path corpus --fim-data",
};

}  // namespace nam56r::dialect::rules
