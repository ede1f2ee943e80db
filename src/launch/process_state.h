#pragma once

#include <sys/types.h>

namespace nam56r::launch {

/// The kernel's letter for what process |pid| does (proc(5)): 'R' runs, 'S' sleeps, 'D' waits for a
/// disk or a network file system, 'T' was stopped by a signal, 't' by a debugger, 'Z' has ended.
/// 0: there is no such process.
char ProcessState(pid_t pid);

}  // namespace nam56r::launch
