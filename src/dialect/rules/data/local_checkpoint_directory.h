#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLocalCheckpointDirectory = {
    .code = "POLICY2263",
    .title = "Local checkpoints without a directory",
    .dests = {"non_persistent_ckpt_type", "non_persistent_local_ckpt_dir"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("non_persistent_ckpt_type", "local") &&
                 a.IsNull("non_persistent_local_ckpt_dir");
        },
    .why = "writes local checkpoints into a directory of each host and is not told which",
    .fix = "give {non_persistent_local_ckpt_dir}",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--non-persistent-ckpt-type local",
    .passes = "--non-persistent-ckpt-type global",
};

}  // namespace nam56r::dialect::rules
