#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kTemporaryCheckpointKind = {
    .code = "POLICY2261",
    .title = "Temporary checkpoints in memory",
    .dests = {"non_persistent_ckpt_type"},
    .refuses = [](const Args& a,
                  const Args&) { return a.Is("non_persistent_ckpt_type", "in_memory"); },
    .why = "has the kind in its list and does not have it built",
    .fix = "choose global or local for {non_persistent_ckpt_type}",
    .valid = "global|local",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--non-persistent-ckpt-type in_memory",
    .passes = "--non-persistent-ckpt-type global",
};

}  // namespace nam56r::dialect::rules
