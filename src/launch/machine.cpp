#include "src/launch/machine.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <system_error>
#include <thread>

#include "src/launch/host_error.h"
#include "src/launch/unique_fd.h"

namespace nam56r::launch {
namespace {

base::Diagnostic NoPort(const std::string& address, const std::string& why) {
  base::Diagnostic error =
      HostError("LAUNCH0012", fmt::format("no free port on {}: {}", address, why),
                "set network.master_addr to an address of this machine, or network.master_port to "
                "a port that is free");
  error.fields = {"network.master_addr", "network.master_port"};
  return error;
}

std::int64_t Port(const struct sockaddr_storage& address) {
  if (address.ss_family == AF_INET6) {
    struct sockaddr_in6 in6;
    std::memcpy(&in6, &address, sizeof in6);
    return ntohs(in6.sin6_port);
  }
  struct sockaddr_in in;
  std::memcpy(&in, &address, sizeof in);
  return ntohs(in.sin_port);
}

}  // namespace

std::int64_t CoresHere() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return std::max(1u, std::thread::hardware_concurrency());
}

std::int64_t MemoryBytesHere() {
  const std::int64_t pages = ::sysconf(_SC_PHYS_PAGES);
  const std::int64_t page = ::sysconf(_SC_PAGE_SIZE);
  std::int64_t bytes = pages > 0 && page > 0 ? pages * page : 0;
  std::int64_t limit = 0;
  // "max", where there is no limit, is no number.
  if (std::ifstream("/sys/fs/cgroup/memory.max") >> limit && limit > 0) {
    bytes = bytes == 0 ? limit : std::min(bytes, limit);
  }
  return bytes;
}

base::Expected<std::int64_t> FreePort(const std::string& address) {
  struct addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  struct addrinfo* list = nullptr;
  if (const int error = ::getaddrinfo(address.c_str(), "0", &hints, &list); error != 0) {
    return NoPort(address, ::gai_strerror(error));
  }
  const std::unique_ptr<struct addrinfo, void (*)(struct addrinfo*)> owner(list, ::freeaddrinfo);
  const UniqueFd fd(::socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  struct sockaddr_storage bound = {};
  socklen_t size = sizeof bound;
  if (!fd || ::bind(fd.get(), list->ai_addr, list->ai_addrlen) != 0 ||
      ::getsockname(fd.get(), reinterpret_cast<struct sockaddr*>(&bound), &size) != 0) {
    return NoPort(address, std::generic_category().message(errno));
  }
  return Port(bound);
}

std::filesystem::path ThisExecutable() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored);
}

}  // namespace nam56r::launch
