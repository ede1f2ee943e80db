#include "src/launch/spawn.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "src/launch/child_process.h"
#include "src/launch/host_error.h"
#include "src/launch/system_error.h"

namespace nam56r::launch {
namespace {

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

base::Expected<Pipe> MakePipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return SystemError("make a pipe", errno);
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

base::Diagnostic CannotStart(const RankCommand& command, const std::string& why) {
  const std::string program = command.argv.empty() ? std::string() : command.argv[0];
  base::Diagnostic error = HostError("LAUNCH0001",
                                     fmt::format("rank {}: cannot execute {}: {}", command.rank,
                                                 program.empty() ? "(no program)" : program, why),
                                     "build or install it, or name another in the host file");
  if (!program.empty()) error.where = {{{program, 0, 0}, "the program"}};
  return error;
}

// What a child needs after fork, made before it: it must not allocate.
struct ChildImage {
  std::vector<char*> argv;
  std::vector<std::string> variables;
  std::vector<char*> environment;

  explicit ChildImage(const RankCommand& command) {
    for (const std::string& word : command.argv) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    for (const auto& [name, value] : command.environment) variables.push_back(name + "=" + value);
    for (std::string& variable : variables) environment.push_back(variable.data());
    environment.push_back(nullptr);
  }
};

// In the child, before exec. |report| gets the errno of what failed.
[[noreturn]] void BecomeRank(const ChildImage& image, int in, int out, int err, int report,
                             pid_t launcher, const Guardian& guardian) {
  const auto fail = [&](int error) {
    [[maybe_unused]] const ssize_t ignored = ::write(report, &error, sizeof error);
    ::_exit(127);
  };
  if (::setpgid(0, 0) != 0) fail(errno);
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail(errno);
  // The launcher may have died before the line above took effect.
  if (::getppid() != launcher) ::_exit(127);
  if (!guardian.RegisterFromChild(::getpid())) fail(errno);
  if (::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(err, 2) < 0) fail(errno);
  CloseOnExecFrom(3);
  ResetSignals();
  ::execve(image.argv[0], image.argv.data(), image.environment.data());
  fail(errno);
  ::_exit(127);
}

}  // namespace

base::Status CheckCommand(const RankCommand& command) {
  if (command.argv.empty()) return CannotStart(command, "the command is empty");
  const std::string& program = command.argv[0];
  if (!program.starts_with('/')) return CannotStart(command, "not an absolute path");
  for (const std::string& word : command.argv) {
    if (word.find('\0') != std::string::npos) {
      return CannotStart(command, "an argument holds a NUL byte");
    }
  }
  for (const auto& [name, value] : command.environment) {
    if (name.empty() || name.find('=') != std::string::npos ||
        (name + value).find('\0') != std::string::npos) {
      return CannotStart(command, fmt::format("\"{}\" is no name of a variable, or its value holds "
                                              "a NUL byte",
                                              name));
    }
  }
  struct stat status = {};
  if (::stat(program.c_str(), &status) != 0) {
    return CannotStart(command, std::generic_category().message(errno));
  }
  if (!S_ISREG(status.st_mode)) return CannotStart(command, "not a regular file");
  if (::access(program.c_str(), X_OK) != 0) {
    return CannotStart(command, std::generic_category().message(errno));
  }
  return base::Ok{};
}

base::Expected<SpawnedProcess> Spawn(const RankCommand& command, Guardian& guardian) {
  auto out = MakePipe();
  if (!out) return out.errors();
  auto err = MakePipe();
  if (!err) return err.errors();
  auto report = MakePipe();
  if (!report) return report.errors();
  UniqueFd in(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!in) return SystemError("open /dev/null", errno);
  const ChildImage image(command);
  const pid_t launcher = ::getpid();

  // dup2 onto 0, 1, 2 would overwrite an end that already has that number, as it may when the
  // launcher itself was started without stdin: move such ends up.
  for (UniqueFd* fd : {&in, &out->write, &err->write, &report->write}) {
    if (fd->get() > 2) continue;
    UniqueFd moved(::fcntl(fd->get(), F_DUPFD_CLOEXEC, 3));
    if (!moved) return SystemError("copy a descriptor", errno);
    *fd = std::move(moved);
  }

  // Blocked across the fork, so that no handler of the launcher runs in the child.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  const int fork_error = errno;
  if (pid == 0) {
    BecomeRank(image, in.get(), out->write.get(), err->write.get(), report->write.get(), launcher,
               guardian);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return SystemError(fmt::format("start rank {}", command.rank), fork_error);

  report->write.reset();
  int error = 0;
  ssize_t got = 0;
  do {
    got = ::read(report->read.get(), &error, sizeof error);
  } while (got < 0 && errno == EINTR);
  if (got == sizeof error) {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    guardian.Forget(pid);
    return CannotStart(command, std::generic_category().message(error));
  }

  SpawnedProcess process;
  process.pid = pid;
  process.out = std::move(out->read);
  process.err = std::move(err->read);
  ::fcntl(process.out.get(), F_SETFL, O_NONBLOCK);
  ::fcntl(process.err.get(), F_SETFL, O_NONBLOCK);
  process.exited = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  return process;
}

}  // namespace nam56r::launch
