#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "src/launch/engine.h"
#include "src/launch/slurm/slurm_tools.h"

namespace nam56r::launch::slurm {

/// Where a job runs.
struct Allocation {
  std::string job;
  std::string node_list;           ///< as Slurm abbreviates it
  std::vector<std::string> nodes;  ///< in the order of ranks
  std::string address;             ///< of this node, for the others
  std::int64_t ranks_per_node = 1;
  std::string slurmd_pid_file;      ///< see StepFile
  double slurmd_grace_seconds = 1;  ///< see StepFile
};

/// Inside an allocation: one srun, which starts a keeper for each rank (rank_keeper.h), and a
/// connection to each of them. A failure on any node, a node that is lost and the wish to stop end
/// all ranks within |grace_seconds| (|stop_grace_seconds|) and about two seconds. If this process
/// is killed, its connections end and with them every rank, whether slurmd lives or not.
///
/// A node is lost when its slurmd has ended and was not started again, as a keeper there sees it,
/// or when slurmctld counts it out (asked once a second).
class StepEngine final : public Engine {
 public:
  /// |srun|, |executable|: absolute paths; the latter has the subcommand slurm-rank. |tools| must
  /// outlive it.
  StepEngine(Allocation allocation, const SlurmTools& tools, std::string srun,
             std::filesystem::path executable);
  base::Expected<EngineResult> Run(const std::vector<RankCommand>& ranks,
                                   const EngineOptions& options) override;

 private:
  Allocation allocation_;
  const SlurmTools& tools_;
  std::string srun_;
  std::filesystem::path executable_;
};

}  // namespace nam56r::launch::slurm
