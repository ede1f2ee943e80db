// How long 64 processes take to start and to stop, and what other launchers take for the same.
// Run by name: build/default/bin/nam56r_launch_bench [repetitions]; docs/benchmarks/launch.md.
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/base/temporary_directory.h"
#include "src/launch/engine.h"
#include "src/launch/receipt.h"

namespace nam56r::launch {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kRanks = 64;

double Since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

[[noreturn]] void Fail(const std::string& why) {
  fmt::print(stderr, "launch_bench: {}\n", why);
  std::exit(1);
}

std::filesystem::path Fresh(const std::filesystem::path& below) {
  static int number = 0;
  return below / fmt::format("run-{}", number++);
}

BoundRun Of(const std::vector<std::string>& argv, const std::filesystem::path& receipt) {
  BoundRun run;
  run.receipt_directory = receipt;
  run.host = nlohmann::json::object();
  for (int i = 0; i < kRanks; ++i) {
    BoundRank rank;
    rank.rank = i;
    for (const std::string& word : argv) rank.argv.push_back({word, base::Surface::kHost, "bench"});
    rank.environment.push_back({"PATH", "/usr/bin:/bin", base::Surface::kHost, "bench"});
    run.ranks.push_back(std::move(rank));
  }
  return run;
}

// From the first byte of the receipt to its last: the processes, their logs, the outcome.
double StartAndEnd(const std::filesystem::path& below) {
  const auto start = Clock::now();
  const BoundRun run = Of({"/bin/true"}, Fresh(below));
  auto receipt = ReceiptWriter::Create({"bench", "sha256:0", "native", kRanks}, "{}\n", run);
  if (!receipt) Fail(receipt.errors()[0].message);
  EngineOptions options;
  options.log_directory = receipt->log_directory();
  std::vector<RankCommand> commands;
  for (const BoundRank& rank : run.ranks) commands.push_back(ToCommand(rank));
  auto result = LocalEngine().Run(commands, options);
  if (!result || result->outcome != Outcome::kSucceeded) Fail("a rank failed");
  if (!receipt->Finish(*result, nullptr)) Fail("no outcome");
  return Since(start);
}

// From the request to the last process: a grace of one second, then SIGKILL.
double StopDeaf(const std::filesystem::path& below) {
  const auto logs = Fresh(below);
  std::filesystem::create_directories(logs);
  std::vector<RankCommand> commands;
  for (int i = 0; i < kRanks; ++i) {
    commands.push_back({i,
                        {"/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.5; done"},
                        {{"PATH", "/usr/bin:/bin"}}});
  }
  int up = 0;
  std::optional<Clock::time_point> asked;
  EngineOptions options;
  options.log_directory = logs;
  options.on_line = [&](std::int64_t, std::string_view) { ++up; };
  options.stop_wanted = [&]() -> std::optional<StopRequest> {
    if (up < kRanks) return std::nullopt;
    asked = Clock::now();
    return StopRequest{Ending::kRequested, "enough", {}};
  };
  auto result = LocalEngine().Run(commands, options);
  if (!result || !asked) Fail("the ranks did not come up");
  return Since(*asked);
}

// Another launcher, as one process that this one only waits for.
double Other(std::vector<std::string> argv) {
  std::vector<char*> words;
  for (std::string& word : argv) words.push_back(word.data());
  words.push_back(nullptr);
  const auto start = Clock::now();
  pid_t pid = -1;
  if (::posix_spawn(&pid, words[0], nullptr, nullptr, words.data(), environ) != 0) {
    Fail(argv[0] + " cannot be started");
  }
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid || status != 0) Fail(argv[0] + " failed");
  return Since(start);
}

std::string OnPath(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::string rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const std::string file = rest.substr(0, colon) + "/" + name;
    if (file.starts_with('/') && ::access(file.c_str(), X_OK) == 0) return file;
    rest = colon == std::string::npos ? "" : rest.substr(colon + 1);
  }
  return {};
}

void Tell(const std::string& what, int repetitions, const std::function<double()>& once) {
  std::vector<double> seconds;
  for (int i = 0; i < repetitions; ++i) seconds.push_back(once());
  std::sort(seconds.begin(), seconds.end());
  fmt::print("{:<58} median {:6.3f} s  least {:6.3f} s  most {:6.3f} s\n", what,
             seconds[seconds.size() / 2], seconds.front(), seconds.back());
  std::fflush(stdout);
}

int Main(int repetitions) {
  const base::TemporaryDirectory scratch;
  const std::filesystem::path below = scratch.path();
  const std::string number = std::to_string(kRanks);
  Tell("nam56r: 64 x true, from nothing to a whole receipt", repetitions,
       [&] { return StartAndEnd(below); });
  Tell("nam56r: 64 deaf ranks, from the request to the last (grace 1 s)", repetitions,
       [&] { return StopDeaf(below); });
  if (const std::string mpirun = OnPath("mpirun"); !mpirun.empty()) {
    Tell("mpirun -np 64 --oversubscribe --allow-run-as-root true", repetitions, [&] {
      return Other({mpirun, "-np", number, "--oversubscribe", "--allow-run-as-root", "/bin/true"});
    });
  } else {
    fmt::print("mpirun is not installed: not measured\n");
  }
  if (const std::string torchrun = OnPath("torchrun"); !torchrun.empty()) {
    Tell("torchrun --nproc-per-node 64 --no-python true", repetitions, [&] {
      return Other({torchrun, "--nproc-per-node", number, "--no-python", "/bin/true"});
    });
  } else {
    fmt::print("torchrun is not installed: not measured\n");
  }
  return 0;
}

}  // namespace
}  // namespace nam56r::launch

int main(int argc, char** argv) {
  const int repetitions = argc > 1 ? std::atoi(argv[1]) : 5;
  if (repetitions < 1 || argc > 2) {
    fmt::print(stderr, "usage: nam56r_launch_bench [repetitions]\n");
    return 64;
  }
  return nam56r::launch::Main(repetitions);
}
