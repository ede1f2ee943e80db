#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/cli/quoted_rate.h"
#include "src/cli/terminal.h"
#include "src/launch/catalog/query.h"

/// One function a command of `nam56r`; each answers the process's exit code.
namespace nam56r::cli {

struct PlanArguments {
  std::string recipe;
  std::string policy;  ///< empty: one stage, MTP depth 1
  QuotedRate quoted;   ///< traced to a count, when given
};
int RunPlan(const PlanArguments& arguments, const Terminal& terminal);

struct ContractArguments {
  std::string recipe;
  std::string policy;
  std::string host;  ///< read and checked, never part of the contract
  std::string dialect;
  std::string output;   ///< empty: stdout
  std::string script;   ///< launch script to write beside it; empty: none
  bool schema = false;  ///< print the JSON Schema of contracts, and compile nothing
};
int RunContract(const ContractArguments& arguments, const Terminal& terminal);

struct DiffArguments {
  std::string a;  ///< a contract, or a receipt's directory
  std::string b;
};
/// kDone: the same; kDifferent.
int RunDiff(const DiffArguments& arguments, const Terminal& terminal);

struct ExplainArguments {
  std::string name;  ///< "--hidden-size", "NCCL_IB_SL", "moe.num_experts", "LAYOUT0007", ...
};
int RunExplain(const ExplainArguments& arguments, const Terminal& terminal);

struct SeamsArguments {
  std::string target;  ///< a contract, or a recipe with |policy|
  std::string policy;
  std::string dialect;
  bool all = false;  ///< also those that the launch does not use
};
int RunSeams(const SeamsArguments& arguments, const Terminal& terminal);

struct ProfileArguments {
  std::string target;  ///< a contract, or a recipe with |policy|
  std::string policy;
  std::string dialect;  ///< with a recipe; empty: as run.backend says
};
int RunProfile(const ProfileArguments& arguments, const Terminal& terminal);

struct ImportArguments {
  std::string script;  ///< a launch script, an argv file, or a functional test of Megatron-LM
  std::string dialect;
  std::string output;  ///< folder of recipe.toml, policy.toml, host.toml; empty: nothing is written
  bool force = false;
  std::int64_t world = 0;  ///< ranks; 0: as the launcher says
  int line = 0;            ///< of the command; 0: the first
  int here_document = 0;   ///< first line of the here-document to read; 0: the file itself
  std::vector<std::string> environment;  ///< NAME=VALUE that is set when the script starts
};
int RunImport(const ImportArguments& arguments, const Terminal& terminal);

struct CheckArguments {
  std::string target;  ///< a contract, or a recipe with |policy|; empty: |argv| or |batch|
  std::string policy;
  std::string dialect;                   ///< with a recipe, empty: as run.backend says
  std::string argv;                      ///< file of words
  std::string batch;                     ///< file of JSON lines; "-": standard input
  std::int64_t world = 0;                ///< with |argv|: ranks
  std::vector<std::string> environment;  ///< with |argv|: NAME=VALUE
  std::vector<std::string> emptied;      ///< with |argv|: directories that its launcher empties
  std::string host;                      ///< with |argv|: its GPUs, and its packages
  bool all = false;                      ///< show every value that the backend changes
  std::string ask;                       ///< checkout to ask too; empty: none
  std::string python = "python3";
  std::int64_t ask_timeout = 120;  ///< seconds
};
/// kDone: nothing refuses it, whatever is warned of; kFindings, kUsage, kUnreadable.
int RunCheck(const CheckArguments& arguments, const Terminal& terminal);

struct LaunchArguments {
  std::string target;  ///< a contract, or a recipe with |policy|
  std::string policy;
  std::string host;
  std::string engine;  ///< empty: the backend's default
  std::optional<std::int64_t> node_rank;
  std::string runs;  ///< directory of receipts; empty: the host's, then ./runs
  bool dry_run = false;
  std::optional<double> grace;       ///< seconds from a request to stop to SIGKILL
  std::string walltime;              ///< as it was written; empty: no end
  std::optional<double> hang_after;  ///< seconds; 0: never
  std::int64_t restarts = 0;
  std::vector<std::string> accept_drift;  ///< dotted names of the probe, or their beginnings
  bool detach = false;                    ///< engine slurm: submit, and follow no further
};
int RunLaunch(const LaunchArguments& arguments, const Terminal& terminal);

// What Slurm and srun start in the place of a person; not shown in the help.

/// The batch program of a job: binds to its nodes and runs the ranks.
int RunSlurmBatch(const std::string& batch_file, const Terminal& terminal);
/// The keeper of one rank.
int RunSlurmRank(const std::string& step_file, const Terminal& terminal);

struct ProbeArguments {
  std::string host;      ///< host file; empty: nothing is compared with one
  std::string contract;  ///< a contract, or a recipe with |policy|; empty: the machine alone
  std::string policy;
  std::string against;  ///< receipt's directory or name; empty: the last good run of the contract
  std::string runs;     ///< directory of receipts; empty: the host's, then ./runs
  std::vector<std::string> accept_drift;
  std::string write_host;  ///< file to write; empty: none
  bool with_paths = false;
  bool force = false;
  bool local = false;  ///< neither programs nor the network
  bool all = false;
};
/// kDone: nothing is refused; kFindings, kUnreadable.
int RunProbe(const ProbeArguments& arguments, const Terminal& terminal);

struct RunsArguments {
  enum class Action { kList, kShow, kDiff };
  Action action = Action::kList;
  std::string runs = "runs";
  std::string run;               ///< kShow, kDiff: a receipt's directory, its name or how it begins
  std::string other;             ///< kDiff: the other one
  launch::catalog::Query query;  ///< kList
};
int RunRuns(const RunsArguments& arguments, const Terminal& terminal);

struct BisectArguments {
  std::string good;  ///< a contract, or a receipt's directory
  std::string bad;
  std::string engine;               ///< "local"; empty: |oracle| judges
  std::vector<std::string> oracle;  ///< a command; empty: |engine|
  std::string host;                 ///< with |engine|
  std::string runs;                 ///< with |engine|: where trials leave their receipts
  std::int64_t steps = 2;           ///< that a trial trains for; 0: as the contracts say
  std::int64_t max_trials = 100;
  std::int64_t trial_seconds = 600;  ///< of one trial
};
/// kDone: found; kFindings: refused, or stopped before it was.
int RunBisect(const BisectArguments& arguments, const Terminal& terminal);

struct WhyArguments {
  std::vector<std::string> logs;  ///< receipts, directories, files, "-"
  std::string contract;           ///< file; empty: the receipt's
  std::string batch;              ///< file of JSON lines; "-": standard input
};
/// kDone: an answer; kFindings: it abstains; kUnreadable.
int RunWhy(const WhyArguments& arguments, const Terminal& terminal);

struct DataArguments {
  enum class Action { kBuild, kInspect };
  Action action = Action::kBuild;
  std::string dataset;  ///< kBuild: "cxx-headers"; kInspect: a name or a path prefix
  std::string output;   ///< kBuild: path prefix; empty: below the cache root
  std::string compiler = "g++";
};
int RunData(const DataArguments& arguments, const Terminal& terminal);

}  // namespace nam56r::cli
