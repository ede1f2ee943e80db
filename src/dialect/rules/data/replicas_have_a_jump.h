#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kReplicasHaveAJump = {
    .code = "POLICY2281",
    .title = "Replicas of local checkpoints without a distance",
    .dests = {"replication", "replication_jump"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return a.On("replication") && raw.IsNull("replication_jump");
        },
    .why = "places the replicas of local checkpoints a number of ranks apart and is not told it",
    .fix = "give {replication_jump}",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--replication",
    .passes = "--replication-jump 8",
};

}  // namespace nam56r::dialect::rules
