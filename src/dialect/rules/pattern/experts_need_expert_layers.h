#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExpertsNeedExpertLayers = {
    .code = "PLAN1217",
    .title = "Experts without layers of experts",
    .dests = {"num_experts", "hybrid_layer_pattern", "hybrid_override_pattern"},
    .refuses = [](const Args& a,
                  const Args&) { return Hybrid(a) && Experts(a) && !HasLayer(a, 'E'); },
    .why = "builds experts where the pattern has E, and it has none: the model is dense",
    .fix = "write E into the pattern, or leave {num_experts} out",
    .valid = "not given",
    .source = "hybrid_layer_allocation.py:Symbols",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails = "--hybrid-layer-pattern M-M-",
    .passes = "--hybrid-layer-pattern M-ME",
};

}  // namespace nam56r::dialect::rules
