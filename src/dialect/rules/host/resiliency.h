#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kResiliency = {
    .code = "HOST2508",
    .title = "Host without the resiliency extension",
    .dests = {"non_persistent_ckpt_type", "async_save", "async_strategy", "ckpt_format"},
    .refuses = [](const Args& a,
                  const Args&) { return NeedsResiliency(a) && Lacks(a, "nvidia_resiliency_ext"); },
    .why =
        "writes local checkpoints, and asynchronous ones by nvrx, with nvidia-resiliency-ext, "
        "which the host lacks",
    .fix = "install nvidia-resiliency-ext, or choose mcore for --async-strategy",
    .valid = "global",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails =
        "!pkg:nvidia_resiliency_ext --non-persistent-ckpt-type local "
        "--non-persistent-local-ckpt-dir local",
    .passes = "--non-persistent-ckpt-type local --non-persistent-local-ckpt-dir local",
};

}  // namespace nam56r::dialect::rules
