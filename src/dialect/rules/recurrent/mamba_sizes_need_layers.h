#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/mamba.h"

namespace nam56r::dialect::rules {

inline std::string_view GivenMambaSize(const Args& raw) {
  for (std::string_view dest :
       {"mamba_num_heads", "mamba_state_dim", "mamba_head_dim", "mamba_num_groups"}) {
    if (raw.Given(dest)) return dest;
  }
  return {};
}

inline constexpr ArgumentRule kMambaSizesNeedLayers = {
    .code = "PLAN1509",
    .title = "Sizes of Mamba-2 layers that the model has not",
    .dests = {"mamba_num_heads", "mamba_state_dim", "mamba_head_dim", "mamba_num_groups",
              "hybrid_layer_pattern", "hybrid_override_pattern"},
    .refuses = [](const Args& a,
                  const Args& raw) { return !Mamba(a) && !GivenMambaSize(raw).empty(); },
    .why = "has no layer M to give these sizes to",
    .fix = "write M into the pattern, or leave the sizes out",
    .valid = "not given",
    .source = "hybrid_layer_allocation.py:Symbols",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .reach = Reach::kCommandLine,
    .blamed_of = [](const Args&, const Args& raw) { return GivenMambaSize(raw); },
    .fails = "gpt --mamba-num-heads 64",
    .passes = "gpt",
};

}  // namespace nam56r::dialect::rules
