#pragma once

#include <sys/types.h>

#include <filesystem>

#include "src/base/expected.h"
#include "src/launch/engine.h"
#include "src/launch/guardian.h"
#include "src/launch/unique_fd.h"

namespace nam56r::launch {

/// A rank that has been started. It leads a process group of its own: group id = pid.
struct SpawnedProcess {
  pid_t pid = -1;
  UniqueFd out;     ///< reads its stdout, non-blocking
  UniqueFd err;     ///< reads its stderr, non-blocking
  UniqueFd exited;  ///< pidfd, readable when it has exited; none on kernels before 5.3
};

/// Whether |command| could be started: argv[0] is absolute and an executable file, nothing holds a
/// NUL byte, variables have names. Error: LAUNCH0001, naming the path.
base::Status CheckCommand(const RankCommand& command);

/// Starts |command| without a shell: exactly its argv and environment, stdin /dev/null, no other
/// descriptor, default signal actions. The kernel kills it when the calling THREAD ends
/// (PR_SET_PDEATHSIG). When this returns the program runs. Errors: LAUNCH0001 the program cannot be
/// executed, LAUNCH0003.
base::Expected<SpawnedProcess> Spawn(const RankCommand& command, Guardian& guardian);

}  // namespace nam56r::launch
