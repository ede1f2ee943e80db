#pragma once

#include "src/dialect/rules/execution_facts.h"
#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadsInFlight = {
    .code = "POLICY1875",
    .title = "Graph of the whole step with offloads that are not counted",
    .dests = {"fine_grained_offloading_max_inflight_offloads", "cuda_graph_impl"},
    .refuses =
        [](const Args& a, const Args&) {
          return OffloadsActivations(a) && FullIteration(a) &&
                 (a.IsNull("fine_grained_offloading_max_inflight_offloads") ||
                  a.Int("fine_grained_offloading_max_inflight_offloads") < 0);
        },
    .why = "wants the most offloads in flight inside a graph of the whole step",
    .fix = "give {fine_grained_offloading_max_inflight_offloads}",
    .valid = "0 and more",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules core_attn "
        "--no-check-for-nan-in-loss-and-grad --cuda-graph-impl full_iteration",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules core_attn "
        "--no-check-for-nan-in-loss-and-grad --cuda-graph-impl full_iteration "
        "--fine-grained-offloading-max-inflight-offloads 2",
};

}  // namespace nam56r::dialect::rules
