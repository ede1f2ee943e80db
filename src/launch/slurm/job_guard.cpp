#include "src/launch/slurm/job_guard.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "src/launch/child_process.h"
#include "src/launch/system_error.h"

namespace nam56r::launch::slurm {
namespace {

constexpr char kReleased = '!';

// Runs after fork: async-signal-safe calls only. What the pipe brings is the job's number, then
// perhaps kReleased.
[[noreturn]] void WatchLauncher(int pipe, const char* scancel, char* const* environment) {
  ::setsid();  // neither Ctrl-C nor the end of the terminal is meant for it
  ::prctl(PR_SET_NAME, "nam56r-guard");
  CloseAllBut(pipe);
  char job[32] = {};
  std::size_t size = 0;
  while (true) {
    const ssize_t got = ::read(pipe, job + size, sizeof job - 1 - size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
    if (size == sizeof job - 1) break;
  }
  if (size == 0 || std::memchr(job, kReleased, size) != nullptr) ::_exit(0);
  char name[] = "scancel";
  char* const argv[] = {name, job, nullptr};
  ResetSignals();
  ::execve(scancel, argv, environment);
  ::_exit(127);
}

}  // namespace

base::Expected<JobGuard> JobGuard::Start(const std::string& scancel,
                                         const std::map<std::string, std::string>& environment) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return SystemError("make a pipe", errno);
  UniqueFd theirs(ends[0]);
  UniqueFd ours(ends[1]);
  std::vector<std::string> variables;
  std::vector<char*> image;
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  for (std::string& variable : variables) image.push_back(variable.data());
  image.push_back(nullptr);

  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  const int error = errno;
  if (pid == 0) WatchLauncher(theirs.get(), scancel.c_str(), image.data());
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return SystemError("start the guardian process", error);
  return JobGuard(std::move(ours), pid);
}

JobGuard::JobGuard(UniqueFd pipe, pid_t pid) : pipe_(std::move(pipe)), pid_(pid) {}

JobGuard::JobGuard(JobGuard&& other) noexcept
    : pipe_(std::move(other.pipe_)), pid_(std::exchange(other.pid_, -1)) {}

JobGuard::~JobGuard() {
  if (pid_ < 0) return;
  pipe_.reset();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void JobGuard::Watch(const std::string& job) {
  [[maybe_unused]] const ssize_t ignored = ::write(pipe_.get(), job.data(), job.size());
}

void JobGuard::Release() {
  [[maybe_unused]] const ssize_t ignored = ::write(pipe_.get(), &kReleased, 1);
}

}  // namespace nam56r::launch::slurm
