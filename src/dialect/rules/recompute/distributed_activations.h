#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDistributedActivations = {
    .code = "POLICY1712",
    .title = "Saved activations shared over TP ranks",
    .dests = {"distribute_saved_activations", "tensor_model_parallel_size", "recompute_granularity",
              "recompute_method", "sequence_parallel"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("distribute_saved_activations") &&
                 (a.Int("tensor_model_parallel_size", 1) <= 1 || !Full(a) ||
                  a.IsNull("recompute_method") || a.On("sequence_parallel"));
        },
    .why =
        "shares saved activations over TP ranks with full recompute and without sequence "
        "parallelism only",
    .fix = "turn off {distribute_saved_activations}",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--distribute-saved-activations",
    .passes = "--recompute-granularity selective --recompute-modules moe_act",
};

}  // namespace nam56r::dialect::rules
