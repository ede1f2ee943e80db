#pragma once

#include <chrono>
#include <filesystem>
#include <ostream>

#include "runtime/comm/rendezvous.h"

namespace nam56r::runtime {

struct WorkerOptions {
  std::filesystem::path contract;
  std::filesystem::path dataset;  ///< prefix of PREFIX.bin and PREFIX.idx
  bool check_only = false;        ///< everything that this rank can verify alone, then stop
  std::chrono::seconds timeout = std::chrono::seconds(30);
  std::filesystem::path load = {};  ///< directory of checkpoints to go on from; empty: start afresh
  std::filesystem::path save = {};  ///< directory of checkpoints to write; empty: none
  std::string run = {};             ///< the receipt's name; with |save|
  std::chrono::milliseconds heartbeat = std::chrono::seconds(1);
};

/// Exit codes of the worker.
inline constexpr int kWorkerDone = 0;
inline constexpr int kWorkerFailed = 1;    ///< the run broke: a peer, a loss that is not a number
inline constexpr int kWorkerStopped = 75;  ///< ended on request (SIGTERM) after a step
inline constexpr int kWorkerUsage = 64;    ///< command line
inline constexpr int kWorkerRefused = 65;  ///< environment, contract or dataset cannot be used

/// One rank's life: environment, contract, dataset, peers, training. Events go to |out|, everything
/// for people to |log|. Answers the process's exit code.
int RunWorker(const WorkerOptions& options, const EnvironmentReader& environment, std::ostream& out,
              std::ostream& log);

}  // namespace nam56r::runtime
