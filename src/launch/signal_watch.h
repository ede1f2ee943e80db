#pragma once

#include <signal.h>

#include <array>
#include <chrono>
#include <optional>

#include "src/base/expected.h"
#include "src/launch/unique_fd.h"

namespace nam56r::launch {

/// While it lives, SIGINT, SIGTERM and SIGHUP do not end this process: they can be read from fd().
/// SIGPIPE is ignored meanwhile: whoever reads what this process prints may go away, and what it
/// does goes on. A signal that was ignored before (nohup) stays ignored. Handlers and the calling
/// thread's mask are as before afterwards. Handlers belong to the process, so there can be one
/// watch at a time (std::logic_error).
class SignalWatch {
 public:
  /// Error: LAUNCH0003.
  static base::Expected<SignalWatch> Start();
  ~SignalWatch();
  SignalWatch(SignalWatch&& other) noexcept;
  SignalWatch& operator=(SignalWatch&&) = delete;

  /// Readable when a signal has come.
  int fd() const { return read_.get(); }
  /// The next signal that has come, without waiting.
  std::optional<int> Next();
  /// Waits for at most |time|; true as soon as a signal has come. It is still Next() then.
  bool Wait(std::chrono::milliseconds time) const;

 private:
  SignalWatch(UniqueFd read, UniqueFd write);

  static constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};
  UniqueFd read_;
  UniqueFd write_;
  std::array<struct sigaction, kSignals.size()> before_{};
  struct sigaction pipe_before_ {};
  sigset_t mask_before_{};
  bool active_ = false;
};

}  // namespace nam56r::launch
