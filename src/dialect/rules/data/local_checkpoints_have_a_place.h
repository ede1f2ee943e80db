#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLocalCheckpointsHaveAPlace = {
    .code = "POLICY2215",
    .title = "Local checkpoints without a directory",
    .dests = {"non_persistent_local_ckpt_dir", "non_persistent_ckpt_type"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("non_persistent_ckpt_type", "local") &&
                 a.IsNull("non_persistent_local_ckpt_dir");
        },
    .why = "writes local checkpoints to a directory of each node",
    .fix = "give {non_persistent_local_ckpt_dir}",
    .valid = "a directory",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--non-persistent-ckpt-type local",
    .passes = "--non-persistent-ckpt-type local --non-persistent-local-ckpt-dir local",
};

}  // namespace nam56r::dialect::rules
