#include "src/launch/engine.h"

namespace nam56r::launch {

std::string_view EndingName(Ending ending) {
  switch (ending) {
    case Ending::kDone:
      return "done";
    case Ending::kRankExit:
      return "rank-exit";
    case Ending::kRankSignal:
      return "rank-signal";
    case Ending::kHang:
      return "hang";
    case Ending::kSeamUnproved:
      return "seam-unproved";
    case Ending::kRequested:
      return "requested";
    case Ending::kWalltime:
      return "walltime";
    case Ending::kNodeLost:
      return "node-lost";
    case Ending::kLogLost:
      return "log-lost";
    case Ending::kLaunchFailed:
      return "launch-failed";
  }
  return {};
}

}  // namespace nam56r::launch
