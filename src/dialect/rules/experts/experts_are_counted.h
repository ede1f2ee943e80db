#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExpertsAreCounted = {
    .code = "PLAN1464",
    .title = "Fewer experts than none",
    .dests = {"num_experts"},
    .refuses = [](const Args& a, const Args&) { return a.Int("num_experts", 1) < 0; },
    .why = "counts experts from 1 up; 0 are none",
    .fix = "write 1 and more for {num_experts}",
    .valid = "1 and more",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--num-experts -1",
    .passes = "--num-experts 16",
};

}  // namespace nam56r::dialect::rules
