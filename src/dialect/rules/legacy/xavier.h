#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kXavier = {
    .code = "POLICY2816",
    .title = "First weights drawn by Xavier",
    .dests = {"init_method_xavier_uniform"},
    .refuses = [](const Args& a, const Args&) { return a.On("init_method_xavier_uniform"); },
    .why = "hands its configuration a field that it no longer has, so that building it fails",
    .fix = "leave {init_method_xavier_uniform} out",
    .valid = "false",
    .source = kFromArgs,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--init-method-xavier-uniform",
    .passes = "--init-method-std 0.02",
};

}  // namespace nam56r::dialect::rules
