#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOneActivation = {
    .code = "PLAN1420",
    .title = "Two activations",
    .dests = {"swiglu", "squared_relu", "quick_geglu"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("swiglu") && (a.On("squared_relu") || a.On("quick_geglu"));
        },
    .why = "has one activation for experts and dense layers",
    .fix = "keep one of {swiglu}, {squared_relu} and {quick_geglu}",
    .valid = "false",
    .source = kFromArgs,
    .stage = Stage::kBuild,
    .fails = "gpt --squared-relu",
    .passes = "gpt !--swiglu --squared-relu",
};

}  // namespace nam56r::dialect::rules
