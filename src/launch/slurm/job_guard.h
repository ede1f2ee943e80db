#pragma once

#include <sys/types.h>

#include <map>
#include <string>

#include "src/base/expected.h"
#include "src/launch/unique_fd.h"

namespace nam56r::launch::slurm {

/// A process beside the launcher that cancels its job when the launcher is gone, however it went.
/// Only between sbatch and Watch() a job could be left behind.
class JobGuard {
 public:
  /// |scancel|: absolute path. Error: LAUNCH0003.
  static base::Expected<JobGuard> Start(const std::string& scancel,
                                        const std::map<std::string, std::string>& environment);
  JobGuard(JobGuard&& other) noexcept;
  JobGuard& operator=(JobGuard&&) = delete;
  /// A job that is watched is cancelled, unless released.
  ~JobGuard();

  void Watch(const std::string& job);
  /// The job is over, or is to go on alone.
  void Release();

 private:
  JobGuard(UniqueFd pipe, pid_t pid);
  UniqueFd pipe_;
  pid_t pid_ = -1;
};

}  // namespace nam56r::launch::slurm
