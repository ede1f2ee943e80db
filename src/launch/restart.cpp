#include "src/launch/restart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace nam56r::launch {
namespace {

RestartDecision No(const std::string& why) { return {false, 0, "no restart: " + why}; }

}  // namespace

RestartDecision DecideRestart(const EngineResult& result, const Cause* cause, std::int64_t done,
                              const RestartPolicy& policy, double seconds_left) {
  if (result.outcome != Outcome::kFailed || policy.restarts <= 0) return {};
  if (result.asked_to_end) return No("it was asked to end");
  if (result.ending == Ending::kSeamUnproved)
    return No("a seam that did not prove itself will not");
  if (result.ending == Ending::kLogLost) return No("there is no room for what it would write");
  if (cause == nullptr) return No("nobody looked for the cause");
  if (cause->surface_class == "unknown") return No("the cause is not known");
  if (cause->surface_class != "host") {
    return No(fmt::format("the cause is the {}, which stays the same", cause->surface_class));
  }
  if (done >= policy.restarts) {
    return No(fmt::format("all {} were used", policy.restarts));
  }
  const double doublings = static_cast<double>(std::min<std::int64_t>(done, 60));
  const double delay = std::min(policy.first_delay * std::exp2(doublings), policy.longest_delay);
  if (delay >= seconds_left) return No("the walltime is nearly over");
  return {true, delay,
          fmt::format("restart {} of {} in {:.3g} s: the cause is the host", done + 1,
                      policy.restarts, delay)};
}

}  // namespace nam56r::launch
