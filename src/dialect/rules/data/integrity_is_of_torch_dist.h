#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kIntegrityIsOfTorchDist = {
    .code = "POLICY2211",
    .title = "Integrity of another format",
    .dests = {"verify_integrity", "ckpt_format"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("verify_integrity") && !a.Is("ckpt_format", "torch_dist");
        },
    .why = "verifies checkpoints of the format torch_dist only",
    .fix = "leave {verify_integrity} out",
    .valid = "false",
    .source = "training_config.py:CheckpointConfig.__post_init__",
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--verify-integrity --ckpt-format torch",
    .passes = "--verify-integrity",
};

}  // namespace nam56r::dialect::rules
