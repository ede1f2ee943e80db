#include "src/launch/slurm/leash.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "src/base/digest.h"
#include "src/launch/host_error.h"
#include "src/launch/system_error.h"

namespace nam56r::launch::slurm {

using nlohmann::json;

std::string NewToken() {
  std::array<unsigned char, 32> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw std::runtime_error("the kernel gives no random bytes");
  }
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

std::string LeashProof(const std::string& token, const std::string& nonce, std::int64_t rank) {
  // Twice, the second time over a fixed length: nothing can be appended to what was hashed.
  return base::Sha256(token +
                      base::Sha256(fmt::format("nam56r leash {} {} {}", token, nonce, rank)));
}

base::Expected<Listener> Listen() {
  // IPv6 sockets take IPv4 connections, too; a kernel without IPv6 has IPv4.
  UniqueFd fd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  struct sockaddr_in6 six = {};
  six.sin6_family = AF_INET6;
  struct sockaddr_in four = {};
  four.sin_family = AF_INET;
  const int off = 0;
  if (fd) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  bool bound = fd && ::bind(fd.get(), reinterpret_cast<struct sockaddr*>(&six), sizeof six) == 0;
  if (!bound) {
    fd = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    bound = fd && ::bind(fd.get(), reinterpret_cast<struct sockaddr*>(&four), sizeof four) == 0;
  }
  if (!bound || ::listen(fd.get(), SOMAXCONN) != 0) {
    return SystemError("listen for the ranks of other nodes", errno);
  }
  struct sockaddr_storage name = {};
  socklen_t size = sizeof name;
  if (::getsockname(fd.get(), reinterpret_cast<struct sockaddr*>(&name), &size) != 0) {
    return SystemError("ask for a port", errno);
  }
  // The port lies at the same place in both.
  const int port = ntohs(reinterpret_cast<const struct sockaddr_in*>(&name)->sin_port);
  return Listener{std::move(fd), port};
}

base::Expected<UniqueFd> Connect(const std::string& address, int port, double seconds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  std::string why;
  do {
    struct addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    struct addrinfo* list = nullptr;
    if (const int error =
            ::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &list);
        error != 0) {
      why = ::gai_strerror(error);
    } else {
      const std::unique_ptr<struct addrinfo, void (*)(struct addrinfo*)> owner(list,
                                                                               ::freeaddrinfo);
      for (const struct addrinfo* one = list; one != nullptr; one = one->ai_next) {
        UniqueFd fd(::socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (fd && ::connect(fd.get(), one->ai_addr, one->ai_addrlen) == 0) {
          KeepAlive(fd.get());
          return fd;
        }
        why = std::generic_category().message(errno);
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  } while (std::chrono::steady_clock::now() < until);
  return HostError(
      "LAUNCH0306",
      fmt::format("this node cannot reach the batch program at {} port {}: {}", address, port, why),
      "open TCP between the nodes of a job, or name a reachable address: "
      "network.master_addr of the host file");
}

void KeepAlive(int fd) {
  const int on = 1;
  const int seconds = 3;
  const int tries = 3;
  const unsigned int milliseconds = 10'000;
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof seconds);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof seconds);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &tries, sizeof tries);
  ::setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool LeashLines::ReadFrom(int fd) {
  std::array<char, 65536> bytes;
  while (true) {
    const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    if (got == 0) return false;
    buffer_.erase(0, std::exchange(begin_, 0));
    const bool had_line = buffer_.find('\n') != std::string::npos;
    buffer_.append(bytes.data(), static_cast<std::size_t>(got));
    if (buffer_.size() > kMaxLeashLine) return had_line || buffer_.find('\n') != std::string::npos;
  }
}

std::optional<json> LeashLines::Next() {
  const std::size_t end = buffer_.find('\n', begin_);
  if (end == std::string::npos) return std::nullopt;
  const std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
  begin_ = end + 1;
  json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return json();
  return object;
}

bool SendLine(int fd, const json& line, int milliseconds) {
  const std::string text = line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  std::string_view rest = text;
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  while (!rest.empty()) {
    const ssize_t sent = ::send(fd, rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      rest.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                          until - std::chrono::steady_clock::now())
                          .count();
    if (left <= 0) return false;
    struct pollfd wait = {fd, POLLOUT, 0};
    ::poll(&wait, 1, static_cast<int>(left));
  }
  return true;
}

}  // namespace nam56r::launch::slurm
