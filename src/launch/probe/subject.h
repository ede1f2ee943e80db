#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "src/launch/probe/files.h"
#include "src/launch/probe/probe.h"
#include "src/launch/probe/report.h"

/// What an item's function gets. For probe*.cpp and items*.cpp alone.
namespace nam56r::launch::probe::internal {

/// A cache directory as the contract wants it bound.
struct CacheUse {
  std::string name;      ///< "triton"
  std::string lifetime;  ///< "contract", "host"
  std::string directory;
  std::string key;  ///< what its key file must say
};

/// A place that a run writes to or reads from.
struct Place {
  std::string name;  ///< "cache_root"
  std::filesystem::path path;
};

/// Copied out of the request, so that an item which is left behind refers to nothing that is gone.
struct Subject {
  std::shared_ptr<World> world;
  Files files{"/"};
  std::map<std::string, std::string> environment;  ///< of a rank
  std::string dialect;                             ///< empty: no contract
  std::filesystem::path worker;                    ///< empty: none is asked for
  std::filesystem::path python;
  std::filesystem::path megatron;
  std::vector<Place> places;
  std::vector<CacheUse> caches;
  std::string cache_root;  ///< empty: none
  std::string cache_why;   ///< when the caches cannot be named
  std::string master_addr;
  std::int64_t master_port = 0;
  std::int64_t nodes = 1;
  std::chrono::milliseconds limit{0};
};

using Probing = ProbeItem (*)(const Subject&);

ProbeItem ProbeSystem(const Subject& subject);
ProbeItem ProbeCpu(const Subject& subject);
ProbeItem ProbeMemory(const Subject& subject);
ProbeItem ProbeShm(const Subject& subject);
ProbeItem ProbeLimits(const Subject& subject);
ProbeItem ProbeGpus(const Subject& subject);
ProbeItem ProbeFabric(const Subject& subject);
ProbeItem ProbeInterfaces(const Subject& subject);
ProbeItem ProbeInfiniband(const Subject& subject);
ProbeItem ProbeDisk(const Subject& subject);
ProbeItem ProbeLocks(const Subject& subject);
ProbeItem ProbeCaches(const Subject& subject);
ProbeItem ProbeWorker(const Subject& subject);
ProbeItem ProbePython(const Subject& subject);
ProbeItem ProbeLibraries(const Subject& subject);
ProbeItem ProbeMegatron(const Subject& subject);
ProbeItem ProbeMegatronChanges(const Subject& subject);
ProbeItem ProbeMasterPort(const Subject& subject);
ProbeItem ProbeMaster(const Subject& subject);

inline ProbeItem Skipped(std::string why) {
  ProbeItem item;
  item.status = ItemStatus::kSkipped;
  item.why = std::move(why);
  return item;
}
inline ProbeItem Failed(std::string why) {
  ProbeItem item;
  item.status = ItemStatus::kFailed;
  item.why = std::move(why);
  return item;
}

}  // namespace nam56r::launch::probe::internal
