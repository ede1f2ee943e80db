#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kTpOverlapAndMla = {
    .code = "POLICY2127",
    .title = "TP overlap of a model with MLA",
    .dests = {"tp_comm_overlap", "multi_latent_attention"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("tp_comm_overlap") && a.On("multi_latent_attention") && Tp(a) > 1;
        },
    .why =
        "switches TP overlap off for every layer that is built after the first MLA projection, "
        "whose buffer Transformer Engine does not name",
    .fix = "turn off {tp_comm_overlap}",
    .valid = "false",
    .source = "extensions/transformer_engine.py:TELinear.__init__",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .fails =
        "--multi-latent-attention --tp-comm-overlap --tensor-model-parallel-size 2 "
        "--sequence-parallel",
    .passes = "--tensor-model-parallel-size 2 --sequence-parallel",
};

}  // namespace nam56r::dialect::rules
