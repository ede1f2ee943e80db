#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMuonWithoutFsdp = {
    .code = "POLICY2012",
    .title = "Muon with fully sharded parameters",
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
    .fails =
        "--optimizer muon !--use-distributed-optimizer !--overlap-grad-reduce "
        "!--overlap-param-gather --use-torch-fsdp2 !CUDA_DEVICE_MAX_CONNECTIONS",
    .passes =
        "--optimizer muon !--use-distributed-optimizer !--overlap-grad-reduce "
        "!--overlap-param-gather",
};

}  // namespace nam56r::dialect::rules
