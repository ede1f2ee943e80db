#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

// Words between commas; not set is repeatable, for the release sets it.
inline bool RepeatableNccl(std::string_view algorithms) {
  constexpr std::array kSame = {"Ring", "CollnetDirect", "CollnetChain", "^NVLS"};
  while (!algorithms.empty()) {
    const std::size_t comma = algorithms.find(',');
    const std::string_view word = algorithms.substr(0, comma);
    if (std::find(kSame.begin(), kSame.end(), word) == kSame.end()) return false;
    algorithms.remove_prefix(comma == std::string_view::npos ? algorithms.size() : comma + 1);
  }
  return true;
}

inline constexpr ArgumentRule kDeterministicVariables = {
    .code = "POLICY2310",
    .title = "Deterministic mode with variables that are not",
    .dests = {"deterministic_mode", "env:NCCL_ALGO", "env:NVTE_ALLOW_NONDETERMINISTIC_ALGO",
              "env:CUBLAS_WORKSPACE_CONFIG", "env:MAMBA_DETERMINISTIC"},
    .refuses =
        [](const Args& a, const Args&) {
          if (!a.On("deterministic_mode")) return false;
          const Surroundings& s = a.surroundings();
          const std::string nvte = s.Variable("NVTE_ALLOW_NONDETERMINISTIC_ALGO");
          const std::string cublas = s.Variable("CUBLAS_WORKSPACE_CONFIG");
          const std::string mamba = s.Variable("MAMBA_DETERMINISTIC");
          return !RepeatableNccl(s.Variable("NCCL_ALGO")) || (!nvte.empty() && nvte != "0") ||
                 (!cublas.empty() && cublas != ":4096:8" && cublas != ":16:8") ||
                 (!mamba.empty() && mamba.front() != '1');
        },
    .why =
        "repeats a run to the bit with NCCL_ALGO among Ring, CollnetDirect, CollnetChain and "
        "^NVLS, NVTE_ALLOW_NONDETERMINISTIC_ALGO=0, CUBLAS_WORKSPACE_CONFIG=:4096:8 or :16:8, and "
        "MAMBA_DETERMINISTIC=1",
    .fix = "take the variable away: the release sets it",
    .valid = "not set",
    .source = "determinism.py:apply_determinism_env",
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--deterministic-mode NCCL_ALGO=Tree",
    .passes = "--deterministic-mode NCCL_ALGO=Ring",
};

}  // namespace nam56r::dialect::rules
