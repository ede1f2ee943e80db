#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGroupedWeights = {
    .code = "POLICY1435",
    .title = "One weight for all experts without what it needs",
    .dests = {"moe_single_grouped_weight", "moe_single_grouped_bias", "moe_grouped_gemm",
              "use_transformer_engine_op_fuser", "add_bias_linear"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("moe_single_grouped_weight") || a.On("moe_single_grouped_bias");
        },
    .why =
        "keeps the weights of all experts in one tensor with Transformer Engine 2.14 and "
        "later only, beside the grouped GEMM and the op fuser",
    .fix =
        "leave {moe_single_grouped_weight} and {moe_single_grouped_bias} out, or check that "
        "the host has Transformer Engine 2.14",
    .valid = "false",
    .source = kConfig,
    .stage = Stage::kBuild,
    .severity = base::Severity::kWarning,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--moe-single-grouped-weight",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
