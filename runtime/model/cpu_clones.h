#pragma once

/// Compiles a function several times and lets the loader pick the widest version that the machine
/// runs: the distribution's baseline has 4-wide floats and no fused multiply-add. What the function
/// is to gain it has to inline.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define NAM56R_CPU_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define NAM56R_CPU_CLONES
#endif
