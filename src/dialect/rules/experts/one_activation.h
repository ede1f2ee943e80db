#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneActivation = {
    .code = "PLAN1420",
    .dests = {"swiglu", "squared_relu"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("swiglu") && (a.On("squared_relu") || a.On("quick_geglu"));
        },
    .why = "has one activation for experts and dense layers",
    .fix = "keep one of {swiglu} and {squared_relu}",
    .valid = "one activation",
    .source = kFromArgs,
    .stage = Stage::kBuild,
};

}  // namespace nam56r::dialect::rules
