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

// The kernel's own view of struct sigaction with every field zero: SIG_DFL, no flags, empty mask.
// As large as on any architecture; the kernel reads what it knows.
struct KernelDefaultAction {
  unsigned long words[8] = {};  // NOLINT(google-runtime-int): the kernel's type
};

// Bytes of the kernel's signal set: 64 signals.
constexpr std::size_t kKernelSignalSetBytes = 8;

}  // namespace

void ResetSignals() {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  // SIGKILL and SIGSTOP cannot be changed.
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &action, nullptr);
  // The C library keeps the first real-time signals to itself and refuses to touch them, but a
  // parent may have left them ignored, and that is inherited too: ask the kernel.
  const KernelDefaultAction by_kernel;
  for (int number = __SIGRTMIN; number < SIGRTMIN; ++number) {
    ::syscall(SYS_rt_sigaction, number, &by_kernel, nullptr, kKernelSignalSetBytes);
  }
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
