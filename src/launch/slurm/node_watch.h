#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "src/launch/slurm/slurm_tools.h"

namespace nam56r::launch::slurm {

/// Asks slurmctld once a second, from a thread of its own, whether the nodes of a job are still
/// there. That slurmctld does not answer means nothing: jobs run on without it.
class NodeWatch {
 public:
  struct Lost {
    std::string node;
    std::string why;  ///< "slurmctld says DOWN+NOT_RESPONDING: Not responding"
  };

  NodeWatch(const SlurmTools& tools, std::string node_list);
  ~NodeWatch();
  NodeWatch(const NodeWatch&) = delete;
  NodeWatch& operator=(const NodeWatch&) = delete;

  std::optional<Lost> lost() const;

 private:
  void Run();

  const SlurmTools& tools_;
  std::string node_list_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool done_ = false;
  std::optional<Lost> lost_;
  std::thread thread_;
};

}  // namespace nam56r::launch::slurm
