#pragma once

// For tests only: several ranks as forked processes on the loopback interface.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <torch/torch.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/comm/rendezvous.h"

namespace nam56r::runtime {

/// How one forked rank ended.
struct ForkedRank {
  int exit_code = -1;      ///< 0 returned, 3 threw, -1 killed
  bool timed_out = false;  ///< still running when the time was up; killed
  std::string report;      ///< what the function returned, or the message of what it threw
};

/// A TCP port of the loopback interface that was free a moment ago.
inline std::uint16_t FreeLoopbackPort() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  void* const untyped = &address;
  auto* const generic = static_cast<sockaddr*>(untyped);
  const bool ok = listener >= 0 && ::bind(listener, generic, length) == 0 &&
                  ::getsockname(listener, generic, &length) == 0;
  ::close(listener);
  if (!ok) throw std::runtime_error("no free port on the loopback interface");
  return ntohs(address.sin_port);
}

/// Runs |body| in |count| forked processes that can meet each other. The caller has not yet run a
/// parallel region of LibTorch: threads do not survive a fork.
inline std::vector<ForkedRank> RunRanks(std::int64_t count,
                                        const std::function<std::string(const Rendezvous&)>& body,
                                        std::chrono::seconds limit = std::chrono::seconds(120)) {
  struct Child {
    pid_t pid = -1;
    int pipe = -1;
    bool open = true;
  };
  const std::uint16_t port = FreeLoopbackPort();
  std::vector<Child> children;
  std::fflush(nullptr);
  for (std::int64_t rank = 0; rank < count; ++rank) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
    const pid_t pid = ::fork();
    if (pid < 0) throw std::runtime_error("fork failed");
    if (pid == 0) {
      ::close(ends[0]);
      for (const Child& child : children) ::close(child.pipe);
      torch::set_num_threads(1);
      int code = 0;
      std::string report;
      try {
        report = body(Rendezvous{rank, count, "127.0.0.1", port, "lo"});
      } catch (const std::exception& error) {
        code = 3;
        report = error.what();
      }
      for (std::size_t written = 0; written < report.size();) {
        const ssize_t bytes = ::write(ends[1], report.data() + written, report.size() - written);
        if (bytes <= 0) break;
        written += static_cast<std::size_t>(bytes);
      }
      std::fflush(nullptr);
      std::_Exit(code);
    }
    ::close(ends[1]);
    children.push_back({pid, ends[0], true});
  }

  std::vector<ForkedRank> ranks(children.size());
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (bool some_open = true; some_open;) {
    some_open = false;
    std::vector<pollfd> watched;
    for (const Child& child : children) {
      watched.push_back({child.open ? child.pipe : -1, POLLIN, 0});
      some_open = some_open || child.open;
    }
    if (!some_open) break;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) break;
    ::poll(watched.data(), watched.size(), static_cast<int>(left.count()));
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (watched[i].revents == 0) continue;
      char buffer[4096];
      const ssize_t bytes = ::read(children[i].pipe, buffer, sizeof(buffer));
      if (bytes > 0) ranks[i].report.append(buffer, static_cast<std::size_t>(bytes));
      if (bytes <= 0) children[i].open = false;
    }
  }
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (children[i].open) {
      ranks[i].timed_out = true;
      ::kill(children[i].pid, SIGKILL);
    }
    ::close(children[i].pipe);
    int status = 0;
    ::waitpid(children[i].pid, &status, 0);
    if (WIFEXITED(status)) ranks[i].exit_code = WEXITSTATUS(status);
  }
  return ranks;
}

}  // namespace nam56r::runtime
