#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMinLrBelowLr = {
    .code = "POLICY2001",
    .title = "Last learning rate above the first",
    .dests = {"min_lr", "lr"},
    .refuses = [](const Args& a,
                  const Args&) { return !a.IsNull("lr") && a.Number("min_lr") > a.Number("lr"); },
    .why = "wants the last learning rate at most as high as the first",
    .fix = "lower {min_lr}",
    .source = kValidate,
    .valid_of =
        [](const Args& a) { return std::vector<std::string>{"at most " + a.Value("lr").dump()}; },
    .fails = "--lr 1e-5 --min-lr 1e-4",
    .passes = "--lr 1e-5 --min-lr 1e-6",
};

}  // namespace nam56r::dialect::rules
