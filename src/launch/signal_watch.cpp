#include "src/launch/signal_watch.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "src/launch/system_error.h"

namespace nam56r::launch {
namespace {

// A signal handler has no argument of ours: the one thing it can reach is a static. A handler on a
// self-pipe and not a signalfd, because a signal that another thread takes must count as well.
std::atomic<int> handler_fd{-1};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void ForwardSignal(int number) {
  const int saved = errno;
  const auto byte = static_cast<unsigned char>(number);
  // A full pipe already says enough.
  [[maybe_unused]] const ssize_t ignored =
      ::write(handler_fd.load(std::memory_order_relaxed), &byte, 1);
  errno = saved;
}

}  // namespace

base::Expected<SignalWatch> SignalWatch::Start() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return SystemError("make a pipe", errno);
  return SignalWatch(UniqueFd(ends[0]), UniqueFd(ends[1]));
}

SignalWatch::SignalWatch(UniqueFd read, UniqueFd write)
    : read_(std::move(read)), write_(std::move(write)), active_(true) {
  int none = -1;
  if (!handler_fd.compare_exchange_strong(none, write_.get())) {
    throw std::logic_error("two runs at the same time in one process");
  }
  sigset_t watched;
  sigemptyset(&watched);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], nullptr, &before_[i]);
    if (before_[i].sa_handler == SIG_IGN) continue;
    struct sigaction action = {};
    action.sa_handler = ForwardSignal;
    ::sigaction(kSignals[i], &action, nullptr);
    sigaddset(&watched, kSignals[i]);
  }
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &pipe_before_);
  ::pthread_sigmask(SIG_UNBLOCK, &watched, &mask_before_);
}

SignalWatch::SignalWatch(SignalWatch&& other) noexcept
    : read_(std::move(other.read_)),
      write_(std::move(other.write_)),
      before_(other.before_),
      pipe_before_(other.pipe_before_),
      mask_before_(other.mask_before_),
      active_(std::exchange(other.active_, false)) {}

SignalWatch::~SignalWatch() {
  if (!active_) return;
  ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], &before_[i], nullptr);
  }
  ::sigaction(SIGPIPE, &pipe_before_, nullptr);
  handler_fd.store(-1);
}

std::optional<int> SignalWatch::Next() {
  unsigned char number = 0;
  ssize_t got = 0;
  do {
    got = ::read(read_.get(), &number, 1);
  } while (got < 0 && errno == EINTR);
  if (got != 1) return std::nullopt;
  return number;
}

bool SignalWatch::Wait(std::chrono::milliseconds time) const {
  const auto until = std::chrono::steady_clock::now() + time;
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    struct pollfd wanted = {read_.get(), POLLIN, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

}  // namespace nam56r::launch
