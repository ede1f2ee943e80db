#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMlaSizesArePositive = {
    .code = "PLAN1327",
    .title = "MLA of no width",
    .dests = {"kv_lora_rank", "q_lora_rank", "qk_head_dim", "qk_pos_emb_head_dim", "v_head_dim",
              "multi_latent_attention"},
    .refuses =
        [](const Args& a, const Args&) {
          if (!a.On("multi_latent_attention")) return false;
          for (const char* dest :
               {"kv_lora_rank", "qk_head_dim", "qk_pos_emb_head_dim", "v_head_dim"}) {
            if (a.Int(dest, 1) <= 0) return true;
          }
          return !a.IsNull("q_lora_rank") && a.Int("q_lora_rank", 1) <= 0;
        },
    .why = "builds projections of these widths for MLA",
    .fix = "give sizes of 1 and more; leave {q_lora_rank} out for queries without a low rank",
    .source = "multi_latent_attention.py:MLASelfAttention.__init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args&) -> Values { return AtLeast(1); },
    .fails = "--kv-lora-rank 0",
    .passes = "--kv-lora-rank 512",
};

}  // namespace nam56r::dialect::rules
