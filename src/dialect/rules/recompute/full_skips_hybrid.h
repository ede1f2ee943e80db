#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFullSkipsHybrid = {
    .code = "POLICY1714",
    .title = "Full recompute of a hybrid model that has none",
    .dests = {"recompute_granularity", "hybrid_layer_pattern", "hybrid_override_pattern"},
    .refuses = [](const Args& a, const Args&) { return Full(a) && !LayerPattern(a).empty(); },
    .why = "recomputes no layer of a hybrid model: its stack reads selective recompute only",
    .fix = "choose selective for {recompute_granularity} and name the modules",
    .valid = "none|selective",
    .source = "ssm/mamba_block.py:MambaStack.forward",
    .stage = Stage::kRun,
    .releases = {.until = 17},
    .fails = "--recompute-granularity full --recompute-method uniform --recompute-num-layers 1",
    .passes = "--recompute-granularity selective --recompute-modules moe_act",
};

}  // namespace nam56r::dialect::rules
