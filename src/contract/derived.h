#pragma once

#include <cstdint>

#include "src/plan/plan.h"
#include "src/policy/policy.h"

namespace nam56r::contract {

/// What follows from a layout and a batch. A quotient that does not come out even is 0.
struct Derived {
  std::int64_t data_parallel = 1;         ///< world / (tp * pp * cp)
  std::int64_t expert_data_parallel = 1;  ///< world / (etp * ep * pp)
  std::int64_t micro_batches = 1;         ///< global / (micro * dp): a step and data-parallel rank
};

Derived Derive(const policy::Policy& policy);

/// The part of |policy| that decides where slots live.
plan::Cuts CutsOf(const policy::Policy& policy);
/// And the lines that say so.
plan::CutsOrigin CutsOriginOf(const base::Loaded<policy::Policy>& policy);

}  // namespace nam56r::contract
