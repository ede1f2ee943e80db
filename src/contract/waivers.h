#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/base/expected.h"
#include "src/policy/policy.h"

/// What an operator answers for:
///
///     [waivers]
///     POLICY1307 = "until 2026-12-31: our kernels fuse rotary embeddings of MLA"
///
/// A waived finding is still shown, and refuses nothing.
namespace nam56r::contract {

struct Waiver {
  std::string code;
  std::string expires;  ///< the last day on which it holds: "2026-12-31"
  std::string reason;
  base::SourceLocation at;
};

struct Waivers {
  std::vector<Waiver> valid;
  base::Diagnostics errors;  ///< of the others
};

/// The waivers of |policy|, by code. |today| is "YYYY-MM-DD"; empty: no waiver has expired. Errors:
/// POLICY0950 not "until YYYY-MM-DD: reason", POLICY0951 a code that no finding has (with the
/// nearest), POLICY0952 one that cannot be waived, POLICY0953 expired.
Waivers ReadWaivers(const base::Loaded<policy::Policy>& policy, std::string_view today);

/// POLICY0954, a warning, for each waiver whose code is not among |found|.
base::Diagnostics UnusedWaivers(const base::Loaded<policy::Policy>& policy,
                                const base::Diagnostics& found);

/// Whether a finding with this code may be waived at all.
bool CanBeWaived(std::string_view code);

}  // namespace nam56r::contract
