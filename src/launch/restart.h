#pragma once

#include <cstdint>
#include <string>

#include "src/launch/cause.h"
#include "src/launch/engine.h"

namespace nam56r::launch {

/// When a run that failed is started again.
struct RestartPolicy {
  std::int64_t restarts = 0;  ///< at most
  double first_delay = 1;     ///< seconds; each further one is twice as long
  double longest_delay = 60;  ///< seconds
};

struct RestartDecision {
  bool restart = false;
  double delay_seconds = 0;
  std::string
      text;  ///< "restart 2 of 3 in 4 s: the host failed", "no restart: ..."; empty: no question
};

/// What follows an attempt. |cause|: null when nobody looked for one. |done|: restarts so far.
/// |seconds_left|: of the walltime, the grace taken off; infinite when there is none.
///
/// Only a failure of the host is worth another try: the same plan, policy, seam, code or data fails
/// again, and one that is not understood is not repeated on the chance.
RestartDecision DecideRestart(const EngineResult& result, const Cause* cause, std::int64_t done,
                              const RestartPolicy& policy, double seconds_left);

}  // namespace nam56r::launch
