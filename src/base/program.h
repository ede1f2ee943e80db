#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

/// Running another program to its end and reading what it says: tools such as sbatch or kubectl, an
/// interpreter. Processes that run for long and are watched are src/launch/supervisor.h's.
namespace nam56r::base {

struct Program {
  std::vector<std::string> argv;  ///< argv[0] is a path, or a name that PATH of this process has
  std::map<std::string, std::string> environment;  ///< all of it: nothing is inherited
  std::string directory = {};                      ///< to run in; empty: this process's
  std::string input = {};                          ///< its standard input, which then ends
  std::chrono::milliseconds limit{10'000};
  std::size_t max_out = std::size_t{4} << 20;   ///< bytes; more of it ends the program
  std::size_t max_err = std::size_t{64} << 10;  ///< bytes; of more its end is kept
};

struct ProgramEnd {
  bool started = false;
  std::string why_not = {};  ///< it gave no full answer: not started, too slow, too much, a signal
  bool timed_out = false;
  bool too_much = false;
  bool interrupted = false;  ///< SIGTERM, SIGINT or SIGHUP came for this process
  int exit_code = -1;        ///< when it exited by itself
  int signal = 0;            ///< when it was killed
  std::string out = {};
  std::string err = {};

  bool succeeded() const { return started && why_not.empty() && signal == 0 && exit_code == 0; }
};

/// Runs |program| in a process group of its own and waits. When this returns, neither it nor what
/// it left in its group is alive. SIGTERM, SIGINT and SIGHUP of this process are held back from the
/// calling thread until then, and end the wait.
ProgramEnd RunProgram(const Program& program);

/// The world's tools, so that tests can answer in their place.
class ProgramRunner {
 public:
  virtual ~ProgramRunner() = default;
  virtual ProgramEnd Run(const Program& program) = 0;
};

class SystemProgramRunner final : public ProgramRunner {
 public:
  ProgramEnd Run(const Program& program) override { return RunProgram(program); }
};

}  // namespace nam56r::base
