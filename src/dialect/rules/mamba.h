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

}  // namespace nam56r::dialect::rules
