#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline bool IsRepeatable(std::string_view algorithms) {
  bool some = false;
  while (!algorithms.empty()) {
    const std::size_t comma = std::min(algorithms.find(','), algorithms.size());
    std::string_view one = algorithms.substr(0, comma);
    algorithms.remove_prefix(std::min(comma + 1, algorithms.size()));
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
    if (one.empty()) continue;
    some = true;
    if (one != "Ring" && one != "CollnetDirect" && one != "CollnetChain" && one != "^NVLS") {
      return false;
    }
  }
  return some;
}
inline bool LetsRunsDiffer(const Surroundings& s) {
  const std::string algorithms = s.Variable("NCCL_ALGO");
  const std::string engine = s.Variable("NVTE_ALLOW_NONDETERMINISTIC_ALGO");
  const std::string workspace = s.Variable("CUBLAS_WORKSPACE_CONFIG");
  const std::string mamba = s.Variable("MAMBA_DETERMINISTIC");
  return (!algorithms.empty() && !IsRepeatable(algorithms)) || (!engine.empty() && engine != "0") ||
         (!workspace.empty() && workspace != ":4096:8" && workspace != ":16:8") ||
         (!mamba.empty() && mamba.front() != '1');
}

inline constexpr ArgumentRule kDeterministicVariables = {
    .code = "POLICY2360",
    .title = "Variables that let a run differ",
    .dests = {"deterministic_mode", "env:NCCL_ALGO", "env:NVTE_ALLOW_NONDETERMINISTIC_ALGO",
              "env:CUBLAS_WORKSPACE_CONFIG", "env:MAMBA_DETERMINISTIC"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("deterministic_mode") && LetsRunsDiffer(a.surroundings());
        },
    .why =
        "repeats a run to the bit under NCCL_ALGO=Ring, NVTE_ALLOW_NONDETERMINISTIC_ALGO=0, "
        "CUBLAS_WORKSPACE_CONFIG=:4096:8 and MAMBA_DETERMINISTIC=1, which it sets where nobody has",
    .fix = "leave the four variables unset",
    .valid = "not given",
    .source = "determinism.py:apply_determinism_env",
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--deterministic-mode NCCL_ALGO=Tree",
    .passes = "--deterministic-mode NCCL_ALGO=Ring",
};

}  // namespace nam56r::dialect::rules
