#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRankCapacityNeedsBackend = {
    .code = "POLICY1434",
    .title = "A capacity of ranks without the backend that has it",
    .dests = {"moe_expert_rank_capacity_factor", "moe_flex_dispatcher_backend",
              "use_transformer_engine_op_fuser"},
    .refuses =
        [](const Args& a, const Args&) {
          if (a.IsNull("moe_expert_rank_capacity_factor")) return false;
          const bool fuses = a.On("use_transformer_engine_op_fuser");
          const bool hybrid = a.Is("moe_flex_dispatcher_backend", "hybridep");
          if (a.minor() < 19) return !hybrid || !fuses;
          return !(hybrid && fuses) && !a.Is("moe_flex_dispatcher_backend", "ncclep");
        },
    .why =
        "limits the tokens of a rank in HybridEP with the op fuser only, since 0.19 in NCCL "
        "EP too",
    .fix = "leave {moe_expert_rank_capacity_factor} out",
    .valid = "not given",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--moe-expert-rank-capacity-factor 1.5",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
