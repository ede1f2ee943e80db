#pragma once

#include <signal.h>

namespace nam56r::base {

/// Holds back from the calling thread the signals that end this process (SIGTERM, SIGINT, SIGHUP),
/// so that what must not outlive it ends first. They arrive when this goes. One that this process
/// ignores is not held.
class HeldSignals {
 public:
  HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals();
  /// Can be polled for reading, which nobody does, once one has arrived. -1: cannot be told.
  int arrived() const { return arrived_; }

 private:
  sigset_t held_{};
  sigset_t before_{};
  bool restore_ = false;
  int arrived_ = -1;
};

}  // namespace nam56r::base
