#include "src/base/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "src/base/held_signals.h"

namespace nam56r::base {
namespace {

using Clock = std::chrono::steady_clock;

class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_.data(), O_CLOEXEC) != 0) ends_ = {-1, -1};
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    CloseRead();
    CloseWrite();
  }
  bool ok() const { return ends_[0] >= 0; }
  int read() const { return ends_[0]; }
  int write() const { return ends_[1]; }
  void CloseRead() { Close(0); }
  void CloseWrite() { Close(1); }

 private:
  void Close(std::size_t end) {
    if (ends_[end] >= 0) close(ends_[end]);
    ends_[end] = -1;
  }
  std::array<int, 2> ends_{-1, -1};
};

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Reads what is there. False: its other end is closed.
bool ReadWhatIsThere(int from, std::size_t most, std::string& text) {
  std::array<char, 16384> buffer{};
  for (std::size_t all = 0; all <= most;) {
    const ssize_t got = read(from, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno == EAGAIN;
    if (got == 0) return false;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    all += static_cast<std::size_t>(got);
  }
  return true;
}

// Writes what fits. False: it is all written, or nobody reads it. The pipe's reader may be gone,
// which must not end this process: a socket could say so by a flag, a pipe needs the signal held.
bool WriteWhatFits(int to, std::string_view& rest) {
  sigset_t pipe;
  sigset_t before;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  bool more = true;
  while (more && !rest.empty()) {
    const ssize_t written = write(to, rest.data(), rest.size());
    if (written > 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (written < 0 && errno != EINTR) {
      more = errno == EAGAIN;
      if (errno == EPIPE) {
        const timespec now{};
        sigtimedwait(&pipe, nullptr, &now);
      }
      break;
    }
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return more && !rest.empty();
}

// It is left to be reaped, so that its number, which is its group's, stays its own.
bool HasEnded(pid_t pid) {
  siginfo_t info{};
  const int failed = waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT);
  return (failed != 0 && errno != EINTR) || info.si_pid == pid;
}

struct Pipes {
  Pipe in;
  Pipe out;
  Pipe err;
};

// Talks to |pid| until it ends. It may close its output before that, and something that it started
// may keep it open for longer.
void Talk(pid_t pid, Pipes& pipes, const HeldSignals& signals, const Program& program,
          ProgramEnd& end) {
  const auto deadline = Clock::now() + program.limit;
  std::string_view rest = program.input;
  std::array<pollfd, 4> fds = {
      pollfd{pipes.out.read(), POLLIN, 0}, pollfd{pipes.err.read(), POLLIN, 0},
      pollfd{signals.arrived(), POLLIN, 0}, pollfd{pipes.in.write(), POLLOUT, 0}};
  for (const int fd : {pipes.out.read(), pipes.err.read(), pipes.in.write()}) {
    fcntl(fd, F_SETFL, O_NONBLOCK);
  }
  while (true) {
    const bool last = HasEnded(pid);
    if (fds[3].fd >= 0 && !WriteWhatFits(fds[3].fd, rest)) {
      pipes.in.CloseWrite();
      fds[3].fd = -1;
    }
    if (fds[0].fd >= 0 && !ReadWhatIsThere(fds[0].fd, program.max_out, end.out)) fds[0].fd = -1;
    if (fds[1].fd >= 0 && !ReadWhatIsThere(fds[1].fd, program.max_err, end.err)) fds[1].fd = -1;
    end.too_much = end.out.size() > program.max_out;
    if (end.err.size() > program.max_err) end.err.erase(0, end.err.size() - program.max_err);
    if (end.too_much || last) return;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    end.timed_out = left <= 0;
    if (end.timed_out) return;
    const bool silent = fds[0].fd < 0 && fds[1].fd < 0;  // it is about to end
    const auto wait = std::min<std::int64_t>(left, silent ? 2 : 50);
    end.interrupted =
        poll(fds.data(), fds.size(), static_cast<int>(wait)) > 0 && fds[2].revents != 0;
    if (end.interrupted) return;
  }
}

int Spawn(const Program& program, const Pipes& pipes, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipes.in.read(), 0);
  posix_spawn_file_actions_adddup2(&actions, pipes.out.write(), 1);
  posix_spawn_file_actions_adddup2(&actions, pipes.err.write(), 2);
  if (!program.directory.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, program.directory.c_str());
  }
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  // A group of its own, so that what it starts ends with it.
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  std::vector<std::string> argv = program.argv;
  std::vector<std::string> environment;
  for (const auto& [name, value] : program.environment) environment.push_back(name + "=" + value);
  const int error = posix_spawnp(&pid, argv.front().c_str(), &actions, &attributes,
                                 Pointers(argv).data(), Pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return error;
}

std::string WhyNot(const Program& program, const ProgramEnd& end) {
  if (end.too_much) return fmt::format("its answer is larger than {} bytes", program.max_out);
  if (end.interrupted) return "a signal came before its answer";
  if (end.timed_out) {
    return fmt::format("it took longer than {} s",
                       std::chrono::duration<double>(program.limit).count());
  }
  return {};
}

}  // namespace

ProgramEnd RunProgram(const Program& program) {
  ProgramEnd end;
  const HeldSignals signals;
  Pipes pipes;
  if (program.argv.empty() || program.argv.front().empty()) {
    end.why_not = "no program is named";
    return end;
  }
  if (!pipes.in.ok() || !pipes.out.ok() || !pipes.err.ok()) {
    end.why_not = "no pipe could be made";
    return end;
  }
  pid_t pid = -1;
  if (const int error = Spawn(program, pipes, pid); error != 0) {
    end.why_not =
        fmt::format("'{}' cannot be started: {}", program.argv.front(), std::strerror(error));
    return end;
  }
  end.started = true;
  pipes.in.CloseRead();
  pipes.out.CloseWrite();
  pipes.err.CloseWrite();
  Talk(pid, pipes, signals, program, end);
  kill(-pid, SIGKILL);  // and what it may have left behind
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  end.why_not = WhyNot(program, end);
  return end;
}

}  // namespace nam56r::base
