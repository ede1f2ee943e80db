#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kReplicasAreLocal = {
    .code = "POLICY2216",
    .title = "Replicas of checkpoints that are not local",
    .dests = {"replication", "replication_jump", "non_persistent_ckpt_type"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("replication") &&
                 (a.IsNull("replication_jump") || !a.Is("non_persistent_ckpt_type", "local"));
        },
    .why = "replicates local checkpoints, over a distance that is given",
    .fix = "give {replication_jump} and --non-persistent-ckpt-type local",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--replication",
    .passes =
        "--non-persistent-ckpt-type local --non-persistent-local-ckpt-dir local --replication "
        "--replication-jump 4",
};

}  // namespace nam56r::dialect::rules
