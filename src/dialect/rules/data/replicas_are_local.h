#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kReplicasAreLocal = {
    .code = "POLICY2282",
    .title = "Replicas of checkpoints that are not local",
    .dests = {"replication", "non_persistent_ckpt_type"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("replication") && !a.Is("non_persistent_ckpt_type", "local");
        },
    .why = "replicates local checkpoints only",
    .fix = "choose local for {non_persistent_ckpt_type}, or leave {replication} out",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--replication --replication-jump 8",
    .passes = "--replication-jump 8",
};

}  // namespace nam56r::dialect::rules
