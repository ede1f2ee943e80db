#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLinearAttention = {
    .code = "HOST2506",
    .title = "Host without the kernels of gated delta layers",
    .dests = {"hybrid_layer_pattern", "experimental_attention_variant"},
    .refuses = [](const Args& a, const Args&) { return NeedsFla(a) && Lacks(a, "fla"); },
    .why = "builds gated delta layers with flash-linear-attention, which the host lacks",
    .fix = "install flash-linear-attention",
    .valid = "fla",
    .source = "gated_delta_net.py:GatedDeltaNet.__init__",
    .stage = Stage::kBuild,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "gpt !pkg:fla --experimental-attention-variant gated_delta_net --linear-attention-freq 4",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
