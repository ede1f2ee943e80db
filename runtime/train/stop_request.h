#pragma once

#include <signal.h>

namespace nam56r::runtime {

/// While it lives, SIGTERM does not end this process but asks training to end after the step that
/// it is in. Further ones say the same: a scheduler and the launcher may both send one, and SIGKILL
/// is there for who does not heed. One at a time (std::logic_error): a handler belongs to the
/// process.
class StopRequest {
 public:
  StopRequest();
  ~StopRequest();
  StopRequest(const StopRequest&) = delete;
  StopRequest& operator=(const StopRequest&) = delete;

  bool requested() const;

 private:
  struct sigaction before_ {};
};

}  // namespace nam56r::runtime
