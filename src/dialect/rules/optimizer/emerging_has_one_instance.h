#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kEmergingHasOneInstance = {
    .code = "POLICY2025",
    .title = "Instances of Muon and its kin",
    .dests = {"num_distributed_optimizer_instances", "optimizer"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return EmergingOptimizer(a) && raw.On("use_distributed_optimizer") &&
                 a.Int("num_distributed_optimizer_instances", 1) > 1;
        },
    .why = "shares the state of Muon and its kin in one instance",
    .fix = "set {num_distributed_optimizer_instances} to 1",
    .valid = "1",
    .source = "optimizer/__init__.py:_get_megatron_emerging_optimizer",
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--optimizer muon --num-distributed-optimizer-instances 2",
    .passes = "--optimizer muon",
};

}  // namespace nam56r::dialect::rules
