#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/reinforcement.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kKeptGraphsAreTaken = {
    .code = "POLICY2713",
    .title = "Graphs to keep where none are taken",
    .dests = {"rl_persist_cuda_graphs", "rl_training_cuda_graphs", "cuda_graph_impl"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return Reinforces(a) &&
                 (a.On("rl_persist_cuda_graphs") || a.On("rl_training_cuda_graphs")) &&
                 GraphsAre(raw, "none");
        },
    .why =
        "has graphs to keep between rounds, or to train with, where --cuda-graph-impl takes some",
    .fix = "give {cuda_graph_impl}",
    .valid = "false",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "--perform-rl-step --rl-persist-cuda-graphs",
    .passes =
        "--perform-rl-step --rl-persist-cuda-graphs --cuda-graph-impl transformer_engine "
        "--cuda-graph-modules mamba",
};

}  // namespace nam56r::dialect::rules
