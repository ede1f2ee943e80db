#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/expected.h"
#include "src/base/program.h"

/// What is asked of Slurm's own programs. Formats as of Slurm 22.05 (SchedMD/slurm:
/// src/api/node_info.c, src/api/job_info.c, src/sbatch/sbatch.c).
namespace nam56r::launch::slurm {

struct Node {
  std::string name;
  std::string address;             ///< NodeAddr: what other nodes reach it by
  std::vector<std::string> state;  ///< "MIXED", "NOT_RESPONDING"; upper case
  std::string reason;              ///< an administrator's or slurmctld's; empty: none

  bool Has(std::string_view flag) const;
  /// Slurm counts the node out (DOWN, FAIL) or gets no answer from its slurmd.
  bool Lost() const;
};

struct Job {
  std::string id;
  std::string state;  ///< "PENDING", "RUNNING", "CANCELLED", "NODE_FAIL", "TIMEOUT", ...
  std::string reason;
  std::string nodes;                ///< as Slurm abbreviates them: "n[1-2]"
  std::string exit_code;            ///< "0:15": exit code and signal
  std::int64_t run_seconds = -1;    ///< -1: not known
  std::int64_t limit_seconds = -1;  ///< -1: none

  /// It runs, and its time limit is less than two minutes away.
  bool NearLimit() const;
  bool Waits() const;  ///< it has not started yet
  bool Over() const;   ///< it will run no more; COMPLETING counts
};

/// "TIMEOUT" in words: "its time limit was over".
std::string JobStateText(const Job& job);

// Reading what the programs print. Nothing: it is not of that form.

/// "17" or "17;cluster", as sbatch --parsable prints it.
std::optional<std::string> ParseJobId(std::string_view text);
/// "NodeName=n1 ... State=IDLE+DRAIN ...", one node a line.
std::optional<std::vector<Node>> ParseNodes(std::string_view text);
/// "JobId=17 ... JobState=RUNNING Reason=None ...", one line.
std::optional<Job> ParseJob(std::string_view text);
/// "1-02:03:04", "05:06": seconds.
std::optional<std::int64_t> ParseDuration(std::string_view text);
/// One name a line.
std::optional<std::vector<std::string>> ParseHostNames(std::string_view text);
/// The value of "Key   = value" in `scontrol show config`.
std::optional<std::string> ParseConfiguration(std::string_view text, std::string_view key);
/// A path of slurm.conf with %n and %h put in.
std::string ExpandNodePath(std::string path, std::string_view node, std::string_view host);

struct Submission {
  std::string script;     ///< the batch file, read by sbatch; its first line names the interpreter
  std::string name;       ///< of the job
  std::string directory;  ///< to run in
  std::string output;     ///< file for what the batch program prints
  std::int64_t nodes = 1;
  std::int64_t ranks_per_node = 1;
  std::int64_t cores_per_rank = 1;
  std::string partition;  ///< empty: Slurm's default; likewise below
  std::string account;
  std::string qos;
  std::string time_limit;  ///< "2-00:00:00"
  std::int64_t gpus_per_node = 0;
  std::int64_t term_seconds = 30;  ///< SIGTERM comes this long before the time limit
};

/// Errors, surface host: LAUNCH0301 a program of Slurm is missing or gave no answer in time;
/// LAUNCH0303 it refused; LAUNCH0304 its answer is not understood.
class SlurmTools {
 public:
  /// |environment|: PATH, HOME and SLURM_* are handed on, nothing else. |runner| must outlive it.
  SlurmTools(base::ProgramRunner& runner, const std::map<std::string, std::string>& environment);

  /// Answers the job's id.
  base::Expected<std::string> Submit(const Submission& submission) const;
  base::Expected<Job> ShowJob(const std::string& id) const;
  /// |names|: "n[1-2]" or "n1,n2".
  base::Expected<std::vector<Node>> ShowNodes(const std::string& names) const;
  base::Expected<std::vector<std::string>> HostNames(const std::string& names) const;
  /// Where the slurmd of a node writes its process id, with %n and %h.
  base::Expected<std::string> SlurmdPidFile() const;
  base::Status Cancel(const std::string& id) const;

  const std::map<std::string, std::string>& environment() const { return environment_; }

 private:
  base::Expected<std::string> Ask(std::vector<std::string> argv) const;

  base::ProgramRunner& runner_;
  std::map<std::string, std::string> environment_;
};

/// The words after "sbatch".
std::vector<std::string> SbatchWords(const Submission& submission);

/// Absolute path of |program| on the PATH of |environment|. Error: LAUNCH0301.
base::Expected<std::string> FindProgram(const std::map<std::string, std::string>& environment,
                                        const std::string& program);

}  // namespace nam56r::launch::slurm
