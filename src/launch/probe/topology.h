#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nam56r::launch::probe {

struct NumaNode {
  std::int64_t number = 0;
  std::string cpus;  ///< "0-31,64-95"
  std::int64_t memory_bytes = 0;
};

/// Processors and memory as hwloc sees them; what a control group takes away is not counted.
struct Topology {
  std::string why;  ///< when there is none
  std::int64_t packages = 0;
  std::int64_t cores = 0;
  std::int64_t threads = 0;
  std::vector<NumaNode> nodes;
};

/// Of this machine; with |synthetic| of one as hwloc describes it, "pack:2 numa:1 core:4 pu:2".
Topology ReadTopology(const std::string& synthetic = {});

/// The NUMA node whose processors cover those of |cpus| ("0-31"), such as the "local_cpulist" of a
/// PCI device; nothing when they are of several, or of none.
std::optional<std::int64_t> NodeOf(const Topology& topology, const std::string& cpus);

}  // namespace nam56r::launch::probe
