#include "src/base/held_signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

namespace nam56r::base {

HeldSignals::HeldSignals() {
  sigemptyset(&held_);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    // One that is held back waits even if it is ignored, and must not end anything then.
    struct sigaction now {};
    if (sigaction(number, nullptr, &now) != 0) continue;
    const bool ignored = (now.sa_flags & SA_SIGINFO) == 0 && now.sa_handler == SIG_IGN;
    if (!ignored) sigaddset(&held_, number);
  }
  // Without word of one that has arrived, none is held back.
  arrived_ = signalfd(-1, &held_, SFD_CLOEXEC | SFD_NONBLOCK);
  restore_ = arrived_ >= 0 && pthread_sigmask(SIG_BLOCK, &held_, &before_) == 0;
}

HeldSignals::~HeldSignals() {
  if (arrived_ >= 0) close(arrived_);
  if (restore_) pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace nam56r::base
