#include <fmt/format.h>

#include <utility>

#include "src/base/files.h"
#include "src/launch/bisect/bisect.h"
#include "src/launch/host_error.h"

namespace nam56r::launch::bisect {
namespace {

constexpr int kCannotTry = 125;  // git-bisect(1)

}  // namespace

ProgramOracle::ProgramOracle(Options options, base::ProgramRunner& runner)
    : options_(std::move(options)), runner_(runner) {}

base::Expected<Answer> ProgramOracle::Try(const Candidate& candidate) {
  constexpr std::size_t kPrefix = 7;  // "sha256:"
  const std::filesystem::path file =
      options_.directory / (candidate.digest.substr(kPrefix, 16) + ".json");
  if (auto written = base::WriteFileAtomically(file, candidate.bytes, base::Surface::kHost);
      !written) {
    return written.errors();
  }
  base::Program program;
  program.argv = options_.argv;
  program.argv.push_back(file.string());
  program.environment = options_.environment;
  program.limit = options_.limit;
  const base::ProgramEnd end = runner_.Run(program);
  if (!end.started) {
    return HostError("BISECT0005",
                     fmt::format("{} cannot be started: {}", options_.argv.front(), end.why_not),
                     "name a program that can be executed, behind --oracle");
  }
  Answer answer;
  answer.interrupted = end.interrupted;
  if (end.interrupted) {
    answer.what = "interrupted";
  } else if (end.timed_out || end.too_much) {
    answer.what = end.why_not;
  } else if (end.signal != 0) {
    answer.verdict = Verdict::kFails;
    answer.what = fmt::format("killed by signal {}", end.signal);
  } else {
    answer.verdict = end.exit_code == 0            ? Verdict::kWorks
                     : end.exit_code == kCannotTry ? Verdict::kUnresolved
                                                   : Verdict::kFails;
    answer.what = fmt::format("exited with {}", end.exit_code);
  }
  return answer;
}

EngineOracle::EngineOracle(RunOptions options, Engine& engine)
    : options_(std::move(options)), engine_(engine) {}

base::Expected<Answer> EngineOracle::Try(const Candidate& candidate) {
  auto result = RunContract(candidate.bytes, "candidate", options_, engine_);
  Answer answer;
  if (!result) {
    const base::Diagnostic& error = result.errors().front();
    answer.what = error.code + ": " + error.message;
    return answer;
  }
  answer.receipt = result->receipt_directory.string();
  answer.what = result->engine.reason.empty() ? "done" : result->engine.reason;
  answer.interrupted = result->engine.outcome == Outcome::kInterrupted;
  if (!answer.interrupted) {
    const bool works = result->engine.outcome == Outcome::kSucceeded;
    answer.verdict = works ? Verdict::kWorks : Verdict::kFails;
  }
  return answer;
}

}  // namespace nam56r::launch::bisect
