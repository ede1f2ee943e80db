#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCheckpointActivations = {
    .code = "POLICY2811",
    .title = "Recompute under its old name",
    .dests = {"checkpoint_activations", "recompute_activations"},
    .refuses = [](const Args&, const Args& raw) { return raw.On("checkpoint_activations"); },
    .why =
        "no longer takes --checkpoint-activations: it prints a line and ends with status 0, as if "
        "it had trained",
    .fix = "write --recompute-activations instead",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--checkpoint-activations",
    .passes = "--recompute-activations",
};

}  // namespace nam56r::dialect::rules
