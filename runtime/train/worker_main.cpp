// nam56r-worker: one rank of the native backend.

#include <malloc.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "runtime/train/worker.h"

int main(int argc, char** argv) {
  using namespace nam56r::runtime;  // NOLINT: the whole program
  WorkerOptions options;
  std::int64_t timeout_seconds = options.timeout.count();
  CLI::App app{
      "One rank of the native backend. Takes its place from RANK, WORLD_SIZE, MASTER_ADDR and "
      "MASTER_PORT."};
  app.add_option("--contract", options.contract, "Contract to execute")->required();
  app.add_option("--dataset", options.dataset, "Prefix of the indexed dataset's .bin and .idx")
      ->required();
  app.add_flag("--check", options.check_only,
               "Verify environment, contract and dataset, then stop without meeting other ranks");
  app.add_option("--timeout", timeout_seconds, "Seconds to wait for another rank")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  app.add_option("--load", options.load, "Directory of checkpoints to go on from");
  auto* save = app.add_option("--save", options.save, "Directory of checkpoints to write");
  auto* run =
      app.add_option("--run", options.run, "Whose checkpoints they are: the receipt's name");
  save->needs(run);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kWorkerDone : kWorkerUsage;
  }
  options.timeout = std::chrono::seconds(timeout_seconds);
  // A training step frees and asks again for the same few hundred megabytes. glibc would give them
  // back to the kernel every time, and page them in anew.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
  const int code = RunWorker(
      options, [](const char* name) { return std::getenv(name); }, std::cout, std::cerr);
  std::cout.flush();
  std::cerr.flush();
  // After a failure threads may still wait for a peer that is gone; joining them could take the
  // whole timeout.
  std::_Exit(code);
}
