#pragma once

#include <sys/types.h>

#include <cstddef>

#include "src/base/expected.h"
#include "src/launch/unique_fd.h"

namespace nam56r::launch {

/// A process beside the launcher that outlives it by a moment: when the launcher is gone, however
/// it went, it sends SIGKILL to every process group that it was told of, and ends. PR_SET_PDEATHSIG
/// alone would reach the ranks but not what they started.
///
/// A descendant that leaves its rank's process group (setsid) is out of reach.
class Guardian {
 public:
  /// Forks it. |max_groups|: how many groups may be alive at a time. Error: LAUNCH0003.
  static base::Expected<Guardian> Start(std::size_t max_groups);
  /// Lets it end and waits for it. Groups that are still registered are killed.
  ~Guardian();
  Guardian(Guardian&& other) noexcept;
  Guardian& operator=(Guardian&&) = delete;

  /// |group| has no process left, its number may be used again by strangers.
  void Forget(pid_t group);

  /// For a forked child, before it executes: registers its own group, async-signal-safe. False when
  /// nobody is listening.
  bool RegisterFromChild(pid_t group) const;

 private:
  Guardian(UniqueFd socket, pid_t pid);

  UniqueFd socket_;
  pid_t pid_ = -1;
};

}  // namespace nam56r::launch
