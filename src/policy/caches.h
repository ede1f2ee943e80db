#pragma once

#include <string>
#include <string_view>

#include "src/policy/policy.h"

namespace nam56r::policy {

/// A directory of compiled kernels: the policy says how long it lives, launch where it lies.
struct CacheVariable {
  std::string_view name;      ///< below [caches]: "triton"
  std::string_view variable;  ///< that its owner reads
  std::string Caches::*lifetime;
};

inline constexpr CacheVariable kCacheVariables[] = {
    {"triton", "TRITON_CACHE_DIR", &Caches::triton},
    {"inductor", "TORCHINDUCTOR_CACHE_DIR", &Caches::inductor},
    {"tilelang", "TILELANG_CACHE_DIR", &Caches::tilelang},
    {"extensions", "TORCH_EXTENSIONS_DIR", &Caches::extensions},
    {"cuda", "CUDA_CACHE_PATH", &Caches::cuda},
};

}  // namespace nam56r::policy
