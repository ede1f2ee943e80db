#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPersistentGraphsExist = {
    .code = "POLICY1826",
    .title = "Graphs of reinforcement learning without any",
    .dests = {"rl_persist_cuda_graphs", "rl_training_cuda_graphs", "cuda_graph_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("perform_rl_step") && !Graphs(a) &&
                 (a.On("rl_persist_cuda_graphs") || a.On("rl_training_cuda_graphs"));
        },
    .why = "keeps and trains with graphs that --cuda-graph-impl builds",
    .fix = "choose an implementation for {cuda_graph_impl}",
    .valid = "false",
    .source = kValidate,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "--perform-rl-step --rl-persist-cuda-graphs",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
