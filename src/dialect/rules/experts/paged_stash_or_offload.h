#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/offload.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPagedStashOrOffload = {
    .code = "POLICY1476",
    .title = "Paged stash of activations that are offloaded",
    .dests = {"moe_paged_stash", "cpu_offloading_num_layers", "offload_modules"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("moe_paged_stash") && (OffloadsLayers(a) || OffloadsInsideExperts(a));
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
