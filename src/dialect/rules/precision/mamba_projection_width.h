#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline std::int64_t MambaProjection(const Args& a) {
  const std::int64_t head = a.Int("mamba_head_dim", 64);
  std::int64_t heads = a.Int("mamba_num_heads");
  if (heads <= 0 && head > 0) heads = 2 * a.Int("hidden_size") / head;
  return 2 * heads * head + 2 * a.Int("mamba_num_groups", 8) * a.Int("mamba_state_dim", 128) +
         heads;
}

inline constexpr ArgumentRule kMambaProjectionWidth = {
    .code = "POLICY1917",
    .title = "Width of the Mamba projection in FP8",
    .dests = {"mamba_num_heads", "fp8", "mamba_head_dim", "mamba_num_groups", "mamba_state_dim",
              "hidden_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("fp8") && MegatronMixer(a) &&
                 LayerPattern(a).find('M') != std::string::npos && MambaProjection(a) % 16 != 0;
        },
    .why =
        "multiplies in FP8 only matrices whose inner width is a multiple of 16: 2 * heads * head "
        "size + 2 * groups * state size + heads",
    .fix = "change {mamba_num_heads}",
    .source = "mamba_mixer.py:MambaMixer.__init__; runs gbh-fp8-2 and gbh-fp8-4",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> std::vector<std::string> {
      const std::int64_t heads = a.Int("mamba_num_heads");
      return {std::to_string(heads / 16 * 16), std::to_string((heads / 16 + 1) * 16)};
    },
    .fails = "--fp8-format hybrid --fp8-recipe tensorwise",
    .passes = "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise",
};

}  // namespace nam56r::dialect::rules
