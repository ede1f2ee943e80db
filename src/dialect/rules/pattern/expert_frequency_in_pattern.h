#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExpertFrequencyInPattern = {
    .code = "POLICY1218",
    .title = "A frequency of expert layers beside a pattern",
    .dests = {"moe_layer_freq", "hybrid_layer_pattern", "hybrid_override_pattern"},
    .refuses = [](const Args& a,
                  const Args& raw) { return Hybrid(a) && raw.Given("moe_layer_freq"); },
    .why =
        "takes the layers of experts of a hybrid model from its pattern and builds nothing by"
        " the frequency",
    .fix = "leave {moe_layer_freq} out and write E where experts are wanted",
    .valid = "not given",
    .source = "hybrid_layer_allocation.py:Symbols",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .reach = Reach::kCommandLine,
    .fails = "--moe-layer-freq 2",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
