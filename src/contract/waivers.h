#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/base/expected.h"
#include "src/policy/policy.h"

/// What an operator answers for:
///
///     [waivers]
///     POLICY1803 = "until 2026-12-31: the recorded run h200-17 trains with it"
///
/// A waived finding is still shown, and refuses nothing.
namespace nam56r::contract {

struct Waiver {
  std::string code;
  std::string expires;  ///< the last day on which it holds: "2026-12-31"
  std::string reason;
  base::SourceLocation at;
};

/// The waivers of |policy|, by code. |today| is "YYYY-MM-DD"; empty: no waiver has expired. Errors:
/// POLICY0950 not "until YYYY-MM-DD: reason", POLICY0951 a code that no finding has (with the
/// nearest), POLICY0952 one that cannot be waived, POLICY0953 expired.
base::Expected<std::vector<Waiver>> ReadWaivers(const base::Loaded<policy::Policy>& policy,
                                                std::string_view today);

/// POLICY0954, a warning, for each waiver whose code is not among |found|.
base::Diagnostics UnusedWaivers(const base::Loaded<policy::Policy>& policy,
                                const base::Diagnostics& found);

/// Whether a finding with this code may be waived at all.
bool CanBeWaived(std::string_view code);

}  // namespace nam56r::contract
