#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFullIterationHidesLoss = {
    .code = "POLICY1802",
    .title = "Graph of the whole step with checks of the loss",
    .dests = {"cuda_graph_impl", "check_for_nan_in_loss_and_grad"},
    .refuses =
        [](const Args& a, const Args&) {
          const bool whole = a.minor() >= 18
                                 ? FullIteration(a)
                                 : GraphsAre(a, "local") && Captures(a, "full_iteration");
          return whole && a.On("check_for_nan_in_loss_and_grad") &&
                 !(a.minor() < 17 && a.On("inference_dynamic_batching"));
        },
    .why = "cannot look at the loss inside a graph of the whole step",
    .fix = "turn off {check_for_nan_in_loss_and_grad}",
    .valid = "\"none\"|\"local\"|\"transformer_engine\"",
    .source = kValidate,
    .fails = "--cuda-graph-impl full_iteration",
    .passes = "--cuda-graph-impl transformer_engine --cuda-graph-modules attn",
};

}  // namespace nam56r::dialect::rules
