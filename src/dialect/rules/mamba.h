#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

/// Layers M as the releases build them (mamba_mixer.py:MambaMixer.__init__). The author's mixer,
/// which a seam puts in their place, has rules of its own.
namespace nam56r::dialect::rules {

inline bool Mamba(const Args& a) { return Hybrid(a) && HasLayer(a, 'M'); }

/// Told, or twice the hidden size by the size of a head.
inline std::int64_t MambaHeads(const Args& a) {
  if (!a.IsNull("mamba_num_heads")) return a.Int("mamba_num_heads");
  const std::int64_t size = a.Int("mamba_head_dim", 64);
  return size > 0 ? Product(2, a.Int("hidden_size")) / size : 0;
}

/// Width of what projects into a layer M, modulo 16: that of sizes from anybody need not fit.
inline std::int64_t MambaProjectionModulo16(const Args& a) {
  const std::int64_t heads = MambaHeads(a) % 16;
  const std::int64_t inner = heads * (a.Int("mamba_head_dim", 64) % 16);
  const std::int64_t states =
      a.Int("mamba_num_groups", 8) % 16 * (a.Int("mamba_state_dim", 128) % 16);
  return (2 * inner + 2 * states + heads) % 16;
}

}  // namespace nam56r::dialect::rules
