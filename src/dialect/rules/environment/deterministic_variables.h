#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

// Words between commas, of which empty ones do not count; not set is repeatable, for the release
// sets it.
inline bool RepeatableNccl(const std::string* algorithms) {
  constexpr std::array kSame = {"Ring", "CollnetDirect", "CollnetChain", "^NVLS"};
  constexpr std::string_view kSpace = " \t\n\r\f\v";
  if (algorithms == nullptr) return true;
  bool any = false;
  for (std::string_view left = *algorithms; !left.empty();) {
    const std::size_t comma = left.find(',');
    std::string_view word = left.substr(0, comma);
    left.remove_prefix(comma == std::string_view::npos ? left.size() : comma + 1);
    word.remove_prefix(std::min(word.find_first_not_of(kSpace), word.size()));
    if (word.empty()) continue;
    word = word.substr(0, word.find_last_not_of(kSpace) + 1);
    if (std::find(kSame.begin(), kSame.end(), word) == kSame.end()) return false;
    any = true;
  }
  return any;
}

inline constexpr ArgumentRule kDeterministicVariables = {
    .code = "POLICY2310",
    .title = "Deterministic mode with variables that are not",
    .dests = {"deterministic_mode", "env:NCCL_ALGO", "env:NVTE_ALLOW_NONDETERMINISTIC_ALGO",
              "env:CUBLAS_WORKSPACE_CONFIG", "env:MAMBA_DETERMINISTIC"},
    .refuses =
        [](const Args& a, const Args&) {
          if (!a.On("deterministic_mode")) return false;
          const std::string* nvte = SetVariable(a, "NVTE_ALLOW_NONDETERMINISTIC_ALGO");
          const std::string* cublas = SetVariable(a, "CUBLAS_WORKSPACE_CONFIG");
          const std::string mamba = a.surroundings().Variable("MAMBA_DETERMINISTIC");
          return !RepeatableNccl(SetVariable(a, "NCCL_ALGO")) ||
                 (nvte != nullptr && *nvte != "0") ||
                 (cublas != nullptr && *cublas != ":4096:8" && *cublas != ":16:8") ||
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
