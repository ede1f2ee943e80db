#pragma once

/// What a forked child may do before it executes something else or ends: only async-signal-safe
/// calls, because other threads of the launcher may have held any lock when it was forked.
namespace nam56r::launch {

/// Every signal at its default action, none blocked.
void ResetSignals();

/// Nothing from |first| on survives an exec.
void CloseOnExecFrom(int first);

/// Closes every descriptor but |keep|.
void CloseAllBut(int keep);

}  // namespace nam56r::launch
