#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline bool CacheWithoutHeads(const Args& a, const char* variable) {
  const std::string directory = a.surroundings().Variable(variable);
  return !directory.empty() && !LayerPattern(a).empty() &&
         directory.find(std::to_string(a.Int("num_attention_heads"))) == std::string::npos;
}

inline constexpr ArgumentRule kCacheOfManyHeads = {
    .code = "POLICY2313",
    .title = "Kernel cache that other numbers of heads share",
    .dests = {"env:TILELANG_CACHE_DIR", "env:TRITON_CACHE_DIR", "num_attention_heads"},
    .refuses =
        [](const Args& a, const Args&) {
          return CacheWithoutHeads(a, "TILELANG_CACHE_DIR") ||
                 CacheWithoutHeads(a, "TRITON_CACHE_DIR");
        },
    .why =
        "finds kernels in a cache that says nothing of the number of heads: those made for 28 "
        "heads were taken for 32 and failed to launch",
    .fix = "give each number of heads a directory of its own",
    .valid = "a directory that names the number of heads",
    .source = "DatasunriseOU/cppmega: cudaErrorLaunchFailure of a reused TileLang cache",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .reach = Reach::kCommandLine,
    .blamed_of = [](const Args& a, const Args&) -> std::string_view {
      return CacheWithoutHeads(a, "TILELANG_CACHE_DIR") ? "env:TILELANG_CACHE_DIR"
                                                        : "env:TRITON_CACHE_DIR";
    },
    .fails = "TRITON_CACHE_DIR=/cache/triton",
    .passes = "TRITON_CACHE_DIR=/cache/triton-heads28",
};

}  // namespace nam56r::dialect::rules
