#pragma once

#include "src/dialect/rules/execution_facts.h"
#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPagedStashOrOffload = {
    .code = "POLICY1476",
    .title = "Paged stash of activations that are offloaded",
    .dests = {"moe_paged_stash", "cpu_offloading_num_layers", "offload_modules"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("moe_paged_stash") &&
                 (a.Int("cpu_offloading_num_layers") > 0 ||
                  a.Lists("offload_modules", "expert_fc1") ||
                  a.Lists("offload_modules", "moe_act") ||
                  (a.minor() >= 19 && a.Lists("offload_modules", "fused_group_mlp")));
        },
    .why = "pages the activations of experts or moves them to host memory",
    .fix = "leave {moe_paged_stash} out",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--moe-paged-stash --offload-modules moe_act",
    .passes = "--moe-router-topk 4",
};

}  // namespace nam56r::dialect::rules
