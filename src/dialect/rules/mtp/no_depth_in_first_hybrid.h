#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kNoDepthInFirstHybrid = {
    .code = "PLAN1605",
    .title = "Multi-token prediction in a hybrid model of 0.16",
    .dests = {"mtp_num_layers", "hybrid_override_pattern"},
    .refuses = [](const Args& a, const Args&) { return Hybrid(a) && a.On("mtp_num_layers"); },
    .why = "builds no MTP block in a hybrid model and says nothing: the model has none",
    .fix = "leave {mtp_num_layers} out, or take 0.17 or later",
    .valid = "not given|0",
    .source = "mamba_model.py:MambaModel.__init__",
    .stage = Stage::kRun,
    .releases = {.until = 16},
    .reach = Reach::kCommandLine,
    .fails = "--mtp-num-layers 1",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
