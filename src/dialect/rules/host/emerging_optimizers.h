#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kEmergingOptimizers = {
    .code = "HOST2504",
    .title = "Host without Muon",
    .dests = {"optimizer"},
    .refuses = [](const Args& a,
                  const Args&) { return NeedsEmerging(a) && Lacks(a, "emerging_optimizers"); },
    .why = "has Muon and its kin from the package emerging_optimizers, which the host lacks",
    .fix = "install emerging-optimizers, or choose adam",
    .valid = "adam|sgd",
    .source = "optimizer/__init__.py:_get_megatron_emerging_optimizer",
    .stage = Stage::kBuild,
    .fails =
        "!pkg:emerging_optimizers --optimizer muon !--use-distributed-optimizer "
        "!--overlap-grad-reduce !--overlap-param-gather",
    .passes =
        "--optimizer muon !--use-distributed-optimizer !--overlap-grad-reduce "
        "!--overlap-param-gather",
};

}  // namespace nam56r::dialect::rules
