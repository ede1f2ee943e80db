#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPagedStashNeedsCapacity = {
    .code = "POLICY1475",
    .title = "Paged stash without a capacity of ranks",
    .dests = {"moe_paged_stash", "moe_expert_rank_capacity_factor"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("moe_paged_stash") && a.IsNull("moe_expert_rank_capacity_factor");
        },
    .why = "pages the activations of experts where ranks have a capacity only",
    .fix = "give {moe_expert_rank_capacity_factor}",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--moe-paged-stash",
    .passes = "--moe-router-topk 4",
};

}  // namespace nam56r::dialect::rules
