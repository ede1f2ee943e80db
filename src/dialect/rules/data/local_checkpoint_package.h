#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLocalCheckpointPackage = {
    .code = "POLICY2262",
    .title = "Local checkpoints without nvidia_resiliency_ext",
    .dests = {"non_persistent_ckpt_type"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("non_persistent_ckpt_type", "local") && !a.surroundings().packages;
        },
    .why =
        "imports nvidia_resiliency_ext for local checkpoints when it validates, and nothing is "
        "known of the host",
    .fix =
        "install nvidia-resiliency-ext on every host, or choose global for "
        "{non_persistent_ckpt_type}",
    .valid = "global",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "!pkg --non-persistent-ckpt-type local --non-persistent-local-ckpt-dir fast",
    .passes = "--non-persistent-ckpt-type global",
};

}  // namespace nam56r::dialect::rules
