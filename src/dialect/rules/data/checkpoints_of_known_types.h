#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kCheckpointsOfKnownTypes = {
    .code = "POLICY2217",
    .title = "Checkpoints in memory",
    .dests = {"non_persistent_ckpt_type"},
    .refuses = [](const Args& a,
                  const Args&) { return a.Is("non_persistent_ckpt_type", "in_memory"); },
    .why = "has no such checkpoints yet, though its parser takes the word",
    .fix = "choose global or local",
    .valid = "global|local",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--non-persistent-ckpt-type in_memory",
    .passes = "--non-persistent-ckpt-type global",
};

}  // namespace nam56r::dialect::rules
