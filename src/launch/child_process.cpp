#include "src/launch/child_process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>

namespace nam56r::launch {
namespace {

// For kernels without close_range: the limit may be in the billions, descriptors in use are low.
int DescriptorLimit() {
  struct rlimit limit = {};
  constexpr rlim_t kEnough = 65536;
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return static_cast<int>(kEnough);
  return static_cast<int>(std::min(limit.rlim_cur, kEnough));
}

bool CloseRange(unsigned first, unsigned last, unsigned flags) {
  if (first > last) return true;
  return ::syscall(SYS_close_range, first, last, flags) == 0;
}

}  // namespace

void ResetSignals() {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  // The C library refuses its own two real-time signals and SIGKILL, SIGSTOP cannot be changed.
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void CloseOnExecFrom(int first) {
  if (CloseRange(static_cast<unsigned>(first), UINT_MAX, CLOSE_RANGE_CLOEXEC)) return;
  const int limit = DescriptorLimit();
  for (int fd = first; fd < limit; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void CloseAllBut(int keep) {
  const auto kept = static_cast<unsigned>(keep);
  if ((keep == 0 || CloseRange(0, kept - 1, 0)) && CloseRange(kept + 1, UINT_MAX, 0)) return;
  const int limit = DescriptorLimit();
  for (int fd = 0; fd < limit; ++fd) {
    if (fd != keep) ::close(fd);
  }
}

}  // namespace nam56r::launch
