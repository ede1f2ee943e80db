#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kEmergingInBf16 = {
    .code = "POLICY2014",
    .title = "Muon and its kin in fp16",
    .dests = {"optimizer", "fp16"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("fp16") && (a.minor() >= 18 ? EmergingOptimizer(a) : Muon(a));
        },
    .why = "has Muon and its kin in BF16 and FP32 only",
    .fix = "choose adam, or --bf16",
    .valid = "adam|sgd",
    .source = "optimizer/__init__.py:_get_megatron_emerging_optimizer",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "!--bf16 --fp16 --optimizer muon !--use-distributed-optimizer !--overlap-grad-reduce "
        "!--overlap-param-gather",
    .passes =
        "--optimizer muon !--use-distributed-optimizer !--overlap-grad-reduce "
        "!--overlap-param-gather",
};

}  // namespace nam56r::dialect::rules
