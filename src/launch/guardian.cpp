#include "src/launch/guardian.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <span>
#include <utility>

#include "src/launch/child_process.h"
#include "src/launch/system_error.h"

namespace nam56r::launch {
namespace {

// One message on the socket: a group to register, or minus a group to forget.
using Message = pid_t;

bool Send(int socket, Message message) {
  ssize_t sent = 0;
  do {
    sent = ::send(socket, &message, sizeof message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == sizeof message;
}

// Runs after fork: async-signal-safe calls only, memory comes from the parent.
[[noreturn]] void Watch(int socket, std::span<pid_t> groups) {
  ::setsid();  // neither Ctrl-C nor the end of the terminal is meant for it
  ::prctl(PR_SET_NAME, "nam56r-guard");
  CloseAllBut(socket);
  std::size_t count = 0;
  while (true) {
    Message message = 0;
    const ssize_t got = ::recv(socket, &message, sizeof message, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got != sizeof message) break;
    if (message > 0 && count < groups.size()) groups[count++] = message;
    if (message < 0) {
      auto* const end = groups.data() + count;
      count = static_cast<std::size_t>(std::remove(groups.data(), end, -message) - groups.data());
    }
  }
  for (std::size_t i = 0; i < count; ++i) ::kill(-groups[i], SIGKILL);
  ::_exit(0);
}

}  // namespace

base::Expected<Guardian> Guardian::Start(std::size_t max_groups) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return SystemError("make a socket pair", errno);
  }
  UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  const auto groups = std::make_unique<pid_t[]>(max_groups);

  // Blocked across the fork, so that no handler of the launcher runs in the child.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  const int error = errno;
  if (pid == 0) Watch(theirs.get(), {groups.get(), max_groups});  // its signals stay blocked
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return SystemError("start the guardian process", error);
  return Guardian(std::move(ours), pid);
}

Guardian::Guardian(UniqueFd socket, pid_t pid) : socket_(std::move(socket)), pid_(pid) {}

Guardian::Guardian(Guardian&& other) noexcept
    : socket_(std::move(other.socket_)), pid_(std::exchange(other.pid_, -1)) {}

Guardian::~Guardian() {
  if (pid_ < 0) return;
  socket_.reset();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void Guardian::Forget(pid_t group) { Send(socket_.get(), -group); }

bool Guardian::RegisterFromChild(pid_t group) const { return Send(socket_.get(), group); }

}  // namespace nam56r::launch
