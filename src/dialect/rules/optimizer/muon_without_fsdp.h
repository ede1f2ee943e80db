#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMuonWithoutFsdp = {
    .code = "POLICY2012",
    .dests = {"optimizer", "use_megatron_fsdp", "use_torch_fsdp2"},
    .refuses =
        [](const Args& a, const Args&) {
          const bool concerned = a.minor() >= 18 ? EmergingOptimizer(a) : Muon(a);
          return concerned && (a.On("use_megatron_fsdp") || a.On("use_torch_fsdp2"));
        },
    .why = "has Muon without fully sharded data parallelism only",
    .fix = "choose adam",
    .valid = "adam|sgd",
    .source = kValidate,
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
