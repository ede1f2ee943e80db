#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExpertLayersNeedExperts = {
    .code = "PLAN1216",
    .title = "Layers of experts without experts",
    .dests = {"num_experts", "hybrid_layer_pattern", "hybrid_override_pattern"},
    .refuses = [](const Args& a, const Args&) { return HasLayer(a, 'E') && !Experts(a); },
    .why = "builds the layers E and has no number of experts to divide",
    .fix = "give {num_experts}, or write - for E",
    .source = "moe_layer.py:BaseMoELayer.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args&) -> Values { return AtLeast(1); },
    .fails = "!--num-experts",
    .passes = "--num-experts 8",
};

}  // namespace nam56r::dialect::rules
