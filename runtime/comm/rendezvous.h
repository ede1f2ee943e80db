#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "src/base/expected.h"

namespace nam56r::runtime {

/// Where this process stands and where the ranks meet, as torchrun and `nam56r launch` say it.
struct Rendezvous {
  std::int64_t rank = 0;
  std::int64_t world_size = 1;
  std::string master_address;
  std::uint16_t master_port = 0;
  std::string interface;  ///< of GLOO_SOCKET_IFNAME; empty: by address
};

/// Value of an environment variable, or null.
using EnvironmentReader = std::function<const char*(const char*)>;

/// Reads RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT and, if set, GLOO_SOCKET_IFNAME. Errors, all of
/// them at once, surface host: COMM0002 missing, not a number, or out of range.
base::Expected<Rendezvous> RendezvousFromEnvironment(const EnvironmentReader& read);

}  // namespace nam56r::runtime
