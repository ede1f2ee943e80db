#include "src/launch/probe/world.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/statvfs.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "src/launch/unique_fd.h"
#include "src/launch/utc_time.h"

namespace nam56r::launch::probe {
namespace {

using AddressList = std::unique_ptr<struct addrinfo, void (*)(struct addrinfo*)>;

std::string ErrnoText(int error) { return std::generic_category().message(error); }

AddressList Resolve(const std::string& address, std::int64_t port, int flags, std::string& why) {
  struct addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  struct addrinfo* list = nullptr;
  const int error = ::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (error != 0) {
    why = ::gai_strerror(error);
    list = nullptr;
  }
  return {list, ::freeaddrinfo};
}

class SystemWorld final : public World {
 public:
  std::filesystem::path Root() const override { return "/"; }

  std::optional<Space> SpaceAt(const std::filesystem::path& path) override {
    struct statvfs status {};
    if (::statvfs(path.c_str(), &status) != 0) return std::nullopt;
    const auto block = static_cast<std::int64_t>(status.f_frsize);
    return Space{static_cast<std::int64_t>(status.f_blocks) * block,
                 static_cast<std::int64_t>(status.f_bavail) * block};
  }

  Topology Processors() override { return ReadTopology(); }
  NvmlReading Gpus() override { return ReadNvml(); }

  std::vector<InterfaceAddress> Addresses() override {
    struct ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return {};
    const std::unique_ptr<struct ifaddrs, void (*)(struct ifaddrs*)> owner(list, ::freeifaddrs);
    std::vector<InterfaceAddress> found;
    for (const struct ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
      if (entry->ifa_addr == nullptr) continue;
      const int family = entry->ifa_addr->sa_family;
      if (family != AF_INET && family != AF_INET6) continue;
      std::array<char, NI_MAXHOST> text{};
      const socklen_t size =
          family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
      if (::getnameinfo(entry->ifa_addr, size, text.data(), text.size(), nullptr, 0,
                        NI_NUMERICHOST) != 0) {
        continue;
      }
      const std::string address = text.data();
      found.push_back({entry->ifa_name, address.substr(0, address.find('%'))});
    }
    return found;
  }

  std::string TryPort(const std::string& address, std::int64_t port) override {
    std::string why;
    const AddressList list = Resolve(address, port, AI_PASSIVE, why);
    if (!list) return why;
    const UniqueFd fd(::socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd) return ErrnoText(errno);
    // As the rendezvous itself does: a port in TIME_WAIT is free.
    const int yes = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (::bind(fd.get(), list->ai_addr, list->ai_addrlen) != 0 || ::listen(fd.get(), 1) != 0) {
      return ErrnoText(errno);
    }
    return {};
  }

  std::string TryReach(const std::string& address, std::int64_t port,
                       std::chrono::milliseconds limit) override {
    std::string why;
    const AddressList list = Resolve(address, port, 0, why);
    if (!list) return why;
    const UniqueFd fd(::socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return ErrnoText(errno);
    int error = ::connect(fd.get(), list->ai_addr, list->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
      struct pollfd wait = {fd.get(), POLLOUT, 0};
      if (::poll(&wait, 1, static_cast<int>(limit.count())) <= 0) return "no answer";
      socklen_t size = sizeof error;
      ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    }
    // A refusal came from the machine: it is there, and nobody has opened the port yet.
    return error == 0 || error == ECONNREFUSED ? "" : ErrnoText(error);
  }

  base::ProgramRunner& Programs() override { return programs_; }
  std::int64_t Now() override { return UnixNow(); }

 private:
  base::SystemProgramRunner programs_;
};

}  // namespace

std::shared_ptr<World> ThisWorld() { return std::make_shared<SystemWorld>(); }

}  // namespace nam56r::launch::probe
