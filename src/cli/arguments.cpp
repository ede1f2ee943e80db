#include "src/cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "src/base/nearest_name.h"

namespace nam56r::cli {
namespace {

// "unknown command 'plna'; did you mean 'plan'?": CLI11 alone only says that it was not expected.
std::string NearestCommand(const CLI::App& app, const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  for (const std::string& argument : arguments) {
    if (argument.starts_with("-")) continue;
    if (std::find(names.begin(), names.end(), argument) != names.end()) return "";
    std::string message = "unknown command '" + argument + "'";
    if (auto nearest = base::NearestName(argument, names)) {
      message += "; did you mean '" + *nearest + "'?";
    }
    return message;
  }
  return "";
}

// What is explained may itself look like an option: "explain --lr --format json" asks about "--lr".
// It is moved behind "--", where the parser takes everything as it is.
std::vector<std::string> WithFlagToExplain(std::vector<std::string> arguments) {
  const auto explain = std::find(arguments.begin(), arguments.end(), "explain");
  const auto first_word = std::find_if(arguments.begin(), arguments.end(), [](const auto& word) {
    return !word.starts_with("-") && word != "text" && word != "json";
  });
  if (explain == arguments.end() || explain != first_word) return arguments;
  for (auto it = explain + 1; it != arguments.end(); ++it) {
    if (*it == "--") return arguments;
    if (*it == "--help" || *it == "-h" || *it == "--format" || it->starts_with("--format=")) {
      continue;
    }
    if (!it->starts_with("--")) continue;
    std::string name = std::move(*it);
    arguments.erase(it);
    arguments.insert(arguments.end(), {"--", std::move(name)});
    return arguments;
  }
  return arguments;
}

// Everything behind --oracle is the command that judges, whatever its words look like.
std::vector<std::string> TakeOracle(std::vector<std::string>& arguments) {
  const auto bisect = std::find(arguments.begin(), arguments.end(), "bisect");
  const auto oracle = std::find(bisect, arguments.end(), "--oracle");
  if (oracle == arguments.end() || oracle + 1 == arguments.end()) return {};
  std::vector<std::string> command(oracle + 1, arguments.end());
  arguments.erase(oracle, arguments.end());
  return command;
}

}  // namespace

int Main(const std::vector<std::string>& arguments, Terminal terminal) {
  CLI::App app{
      "nam56r compiles a recipe, a policy and a host into one launch contract, launches it, and "
      "says "
      "which surface broke when a run fails.",
      "nam56r"};
  app.set_version_flag("--version", std::string("nam56r ") + kVersion);
  app.require_subcommand(1);
  app.fallthrough();
  std::string format = "text";
  app.add_option("--format", format,
                 "text for people, json for programs; check also has sarif, for code hosts")
      ->check(CLI::IsMember({"text", "json", "sarif"}))
      ->capture_default_str();

  int code = kDone;

  PlanArguments plan;
  CLI::App* plan_command =
      app.add_subcommand("plan", "Expand a recipe: slots, families, parameters, stages");
  plan_command->add_option("RECIPE", plan.recipe, "recipe file (TOML)")->required();
  plan_command->add_option("--policy", plan.policy, "policy file (TOML): stage cuts and MTP depth");
  plan_command
      ->add_option("--quoted-tflops", plan.quoted.tflops_per_gpu,
                   "a TFLOP/s for each GPU that somebody quotes: which count does it stand on?")
      ->check(CLI::PositiveNumber);
  plan_command->add_option("--gpus", plan.quoted.gpus, "with --quoted-tflops: GPUs of that run")
      ->check(CLI::PositiveNumber);
  plan_command
      ->add_option("--tokens-per-second", plan.quoted.tokens_per_second,
                   "with --quoted-tflops: tokens a second of all GPUs")
      ->check(CLI::PositiveNumber);
  plan_command
      ->add_option("--step-ms", plan.quoted.step_ms,
                   "with --quoted-tflops: milliseconds a step, and --sequences")
      ->check(CLI::PositiveNumber);
  plan_command
      ->add_option("--sequences", plan.quoted.sequences,
                   "with --step-ms: sequences a step, over all GPUs")
      ->check(CLI::PositiveNumber);
  plan_command->callback([&] { code = RunPlan(plan, terminal); });

  ContractArguments contract;
  CLI::App* contract_command =
      app.add_subcommand("contract", "Compile recipe and policy into a launch contract");
  contract_command->add_option("RECIPE", contract.recipe, "recipe file (TOML)");
  contract_command->add_option("--policy", contract.policy, "policy file (TOML)");
  contract_command->add_option("--host", contract.host,
                               "host file (TOML); checked, never part of the contract");
  contract_command->add_option(
      "--dialect", contract.dialect,
      "argument surface, e.g. megatron@0.19; default: as run.backend says");
  contract_command->add_option("-o,--output", contract.output, "contract file; default: stdout");
  contract_command->add_flag("--schema", contract.schema,
                             "print the JSON Schema of contracts, and nothing else");
  contract_command->add_option("--emit-script", contract.script,
                               "write it as a bash launch script too, for publishing");
  contract_command->callback([&] {
    if (!contract.schema && contract.recipe.empty()) throw CLI::RequiredError("RECIPE");
    if (!contract.schema && contract.policy.empty()) throw CLI::RequiredError("--policy");
    code = RunContract(contract, terminal);
  });

  CheckArguments check;
  CLI::App* check_command = app.add_subcommand(
      "check", "What the backend would refuse, do otherwise, or change of a launch");
  check_command->add_option("CONTRACT", check.target,
                            "contract (JSON), or a recipe (TOML) with --policy");
  check_command->add_option("--policy", check.policy,
                            "policy file (TOML), when a recipe is checked");
  check_command->add_option("--dialect", check.dialect,
                            "argument surface, e.g. megatron@0.19; not with a contract");
  check_command->add_option(
      "--argv", check.argv,
      "file of a command line's words: one a line, as a shell cuts them, or a "
      "JSON array");
  check_command->add_option("--world", check.world, "with --argv: ranks that are started")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 20));
  check_command
      ->add_option("--env", check.environment, "with --argv: NAME=VALUE in its environment")
      ->allow_extra_args(false);
  check_command
      ->add_option("--emptied", check.emptied,
                   "with --argv: a directory that the launcher empties before it starts")
      ->allow_extra_args(false);
  check_command->add_option("--host", check.host,
                            "with --argv: host file (TOML), for its GPUs and packages");
  check_command->add_option("--batch", check.batch,
                            "file of {\"id\",\"argv\",\"world\",\"env\"} lines, or - for standard "
                            "input; answered in JSON lines");
  check_command->add_flag("--all", check.all, "list every value that the backend changes");
  check_command->add_option("--ask", check.ask, "ask the validators of this Megatron checkout too");
  check_command->add_option("--python", check.python, "with --ask: the interpreter")
      ->capture_default_str();
  check_command->add_option("--ask-timeout", check.ask_timeout, "with --ask: seconds")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{3600}))
      ->capture_default_str();
  check_command->callback([&] { code = RunCheck(check, terminal); });

  DiffArguments diff;
  CLI::App* diff_command = app.add_subcommand(
      "diff", "What is not the same in two contracts, and why; exits with 2 if anything is");
  diff_command->add_option("A", diff.a, "contract (JSON), or a receipt's directory")->required();
  diff_command->add_option("B", diff.b, "the other one")->required();
  diff_command->callback([&] { code = RunDiff(diff, terminal); });

  ExplainArguments explain;
  CLI::App* explain_command = app.add_subcommand(
      "explain", "What a flag, a variable, a field, a code, a seam, a family or a dialect means");
  explain_command
      ->add_option("NAME", explain.name, "--hidden-size, NCCL_IB_SL, moe.num_experts, ...")
      ->required();
  explain_command->callback([&] { code = RunExplain(explain, terminal); });

  SeamsArguments seams;
  CLI::App* seams_command = app.add_subcommand(
      "seams", "Which code from outside the backend a contract depends on, and why");
  seams_command
      ->add_option("CONTRACT", seams.target, "contract (JSON), or a recipe (TOML) with --policy")
      ->required();
  seams_command->add_option("--policy", seams.policy, "policy file (TOML), when a recipe is given");
  seams_command->add_option("--dialect", seams.dialect,
                            "argument surface, when a recipe is given, e.g. megatron@0.19");
  seams_command->add_flag("--all", seams.all, "also list the seams that are not part of it");
  seams_command->callback([&] { code = RunSeams(seams, terminal); });

  ProfileArguments profile;
  CLI::App* profile_command =
      app.add_subcommand("profile", "The operator's page of a contract: what runs, and how");
  profile_command
      ->add_option("CONTRACT", profile.target, "contract (JSON), or a recipe (TOML) with --policy")
      ->required();
  profile_command->add_option("--policy", profile.policy,
                              "policy file (TOML), when a recipe is profiled");
  profile_command->add_option("--dialect", profile.dialect,
                              "argument surface, when a recipe is profiled");
  profile_command->callback([&] { code = RunProfile(profile, terminal); });

  ImportArguments import;
  CLI::App* import_command = app.add_subcommand(
      "import", "Read a launch script back into recipe, policy and host, without running it");
  import_command
      ->add_option("SCRIPT", import.script,
                   "bash script, file of arguments, or Megatron functional test (YAML)")
      ->required();
  import_command
      ->add_option("--dialect", import.dialect,
                   "argument surface it is written for, e.g. megatron@0.19")
      ->required();
  import_command->add_option("-o,--output", import.output,
                             "folder for recipe.toml, policy.toml and host.toml");
  import_command->add_flag("--force", import.force, "replace files that are there");
  import_command->add_option("--world", import.world, "ranks, where the launcher does not say")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 20));
  import_command->add_option("--line", import.line, "line of the command, of several");
  import_command->add_option("--here-document", import.here_document,
                             "read the here-document that begins in this line");
  import_command->add_option("--env", import.environment,
                             "NAME=VALUE that is set when the script starts");
  import_command->callback([&] { code = RunImport(import, terminal); });

  LaunchArguments launch;
  CLI::App* launch_command =
      app.add_subcommand("launch", "Launch a contract, exactly as it was compiled");
  launch_command
      ->add_option("CONTRACT", launch.target, "contract (JSON), or a recipe (TOML) with --policy")
      ->required();
  launch_command->add_option("--policy", launch.policy,
                             "policy file (TOML), when a recipe is launched");
  launch_command->add_option("--host", launch.host, "host file (TOML)");
  launch_command->add_option("--engine", launch.engine,
                             "what starts processes: local, torchrun, slurm, kubernetes "
                             "[local for native contracts, torchrun for Megatron's]");
  launch_command
      ->add_option("--node-rank", launch.node_rank,
                   "number of this machine, of several that torchrun joins without a scheduler")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{65535}));
  launch_command->add_option("--runs", launch.runs, "directory of receipts");
  launch_command->add_flag("--dry-run", launch.dry_run,
                           "print exactly what would run, and run nothing");
  launch_command->add_option(
      "--walltime", launch.walltime,
      "seconds or HH:MM:SS after which the run has ended, checkpoint included");
  launch_command
      ->add_option("--grace", launch.grace,
                   "seconds that ranks have to end after a request, before they are killed "
                   "[60 if the contract saves checkpoints, else 1]")
      ->check(CLI::Range(0.0, 86400.0));
  launch_command
      ->add_option("--hang-after", launch.hang_after,
                   "seconds of silence that count as a hang, twice that before the first step; 0: "
                   "never [300 with heartbeats, else 1800]")
      ->check(CLI::Range(0.0, 1e7));
  launch_command
      ->add_option("--restarts", launch.restarts,
                   "how often a run that failed for its host may be started again")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1000}))
      ->capture_default_str();
  launch_command
      ->add_option("--accept-drift", launch.accept_drift,
                   "dotted name, or its beginning, that may differ from the last good run: "
                   "library.nccl")
      ->allow_extra_args(false);
  launch_command->add_flag("--detach", launch.detach,
                           "with --engine slurm: return when the job is submitted, and leave it");
  launch_command->callback([&] { code = RunLaunch(launch, terminal); });

  std::string slurm_file;
  CLI::App* slurm_batch = app.add_subcommand("slurm-batch")->group("");
  slurm_batch->add_option("FILE", slurm_file)->required();
  slurm_batch->callback([&] { code = RunSlurmBatch(slurm_file, terminal); });
  CLI::App* slurm_rank = app.add_subcommand("slurm-rank")->group("");
  slurm_rank->add_option("FILE", slurm_file)->required();
  slurm_rank->callback([&] { code = RunSlurmRank(slurm_file, terminal); });

  ProbeArguments probe;
  CLI::App* probe_command = app.add_subcommand(
      "probe", "What this machine is, against its host file, a contract and the last good run");
  probe_command->add_option("--host", probe.host, "host file (TOML) to compare with");
  probe_command->add_option("--contract", probe.contract,
                            "contract (JSON), or a recipe (TOML) with --policy, that is to run");
  probe_command->add_option("--policy", probe.policy, "policy file (TOML), when a recipe is given");
  probe_command->add_option("--against", probe.against,
                            "receipt to compare with; default: the contract's last good run");
  probe_command->add_option("--runs", probe.runs, "directory of receipts");
  probe_command
      ->add_option("--accept-drift", probe.accept_drift,
                   "dotted name, or its beginning, whose change is fine: library.nccl")
      ->allow_extra_args(false);
  probe_command->add_option("--write-host", probe.write_host,
                            "write a host file (TOML) of this machine");
  probe_command->add_flag("--with-paths", probe.with_paths,
                          "with --write-host: its name and paths too, which are private");
  probe_command->add_flag("--force", probe.force, "with --write-host: replace the file");
  probe_command->add_flag("--local", probe.local, "run no programs, use no network");
  probe_command->add_flag("--all", probe.all, "list every value by its name");
  probe_command->callback([&] { code = RunProbe(probe, terminal); });

  RunsArguments runs;
  CLI::App* runs_command = app.add_subcommand("runs", "List and show receipts");
  runs_command->require_subcommand(0, 1);
  runs_command->add_option("--runs", runs.runs, "directory of receipts")->capture_default_str();
  CLI::App* runs_list = runs_command->add_subcommand("list", "List receipts, newest first");
  for (CLI::App* command : {runs_command, runs_list}) {
    launch::catalog::Query& query = runs.query;
    command->add_option("--state", query.states, "succeeded, failed, running, ...")
        ->allow_extra_args(false);
    command->add_option("--name", query.name, "a part of the contract's name");
    command->add_option("--digest", query.digest, "beginning of the contract's digest");
    command->add_option("--class", query.cause_class, "what failed: host, policy, ...");
    command->add_option("--since", query.since, "2026-08-01, or 12h and 7d for back from now");
    command->add_option("--until", query.until, "likewise; a day is taken whole");
    command->add_option("--engine", query.engine, "local, torchrun, slurm, kubernetes");
    command->add_option("--backend", query.backend, "native or megatron");
    command->add_option("--sort", query.sort,
                        "started, name, seconds, steps, loss, validation, tokens");
    command->add_flag("--reverse", query.reverse, "the other way round");
    command->add_option("--limit", query.limit, "at most so many")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 40));
  }
  CLI::App* runs_show = runs_command->add_subcommand("show", "Show one receipt");
  runs_show
      ->add_option("RUN", runs.run, "receipt directory, or the beginning of its name below --runs")
      ->required();
  CLI::App* runs_diff = runs_command->add_subcommand(
      "diff", "What differs between two runs, their outcomes, and whether they are comparable");
  runs_diff->add_option("A", runs.run, "as for show")->required();
  runs_diff->add_option("B", runs.other, "the other one")->required();
  runs_command->callback([&] {
    runs.action = runs_show->parsed()   ? RunsArguments::Action::kShow
                  : runs_diff->parsed() ? RunsArguments::Action::kDiff
                                        : RunsArguments::Action::kList;
    code = RunRuns(runs, terminal);
  });

  BisectArguments bisect;
  CLI::App* bisect_command =
      app.add_subcommand("bisect", "Find the fewest differences of two contracts that break a run");
  bisect_command->add_option("GOOD", bisect.good, "contract that works, or a receipt's directory")
      ->required();
  bisect_command->add_option("BAD", bisect.bad, "contract that does not")->required();
  bisect_command->add_option("--engine", bisect.engine, "judge by a launch: local")
      ->check(CLI::IsMember({"local"}));
  bisect_command->add_option("--host", bisect.host, "with --engine: host file (TOML)");
  bisect_command->add_option("--runs", bisect.runs, "with --engine: directory of receipts");
  bisect_command
      ->add_option("--steps", bisect.steps, "training steps of a trial; 0: as the contracts say")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 40))
      ->capture_default_str();
  bisect_command->add_option("--max-trials", bisect.max_trials, "give up after so many")
      ->check(CLI::Range(std::int64_t{2}, std::int64_t{1} << 20))
      ->capture_default_str();
  bisect_command
      ->add_option("--trial-seconds", bisect.trial_seconds, "longest that a trial may take")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{7} * 86400))
      ->capture_default_str();
  bisect_command->add_option("--oracle", bisect.oracle,
                             "judge by a command, the rest of the line, which gets the contract's "
                             "path: 0 works, 125 cannot be tried, other codes fail");
  bisect_command->callback([&] { code = RunBisect(bisect, terminal); });

  WhyArguments why;
  CLI::App* why_command = app.add_subcommand(
      "why", "Which surface broke: the root cause of a failed run, from its logs");
  why_command->add_option("RUN", why.logs,
                          "receipt, directory of logs, log files, or - for standard input");
  why_command->add_option("--contract", why.contract,
                          "contract (JSON) of the run, where no receipt has it");
  why_command->add_option("--batch", why.batch,
                          "file of {\"id\",\"text\"} lines, or - for standard input; answered in "
                          "JSON lines");
  why_command->callback([&] {
    if (why.logs.empty() == why.batch.empty()) throw CLI::RequiredError("RUN or --batch");
    if (!why.batch.empty() && !why.contract.empty()) {
      throw CLI::ValidationError("--contract", "is of one run, not of a batch");
    }
    code = RunWhy(why, terminal);
  });

  DataArguments data;
  CLI::App* data_command =
      app.add_subcommand("data", "Build and inspect datasets in Megatron's indexed format");
  data_command->require_subcommand(1);
  CLI::App* data_build =
      data_command->add_subcommand("build", "Build a dataset; does nothing when it is there");
  data_build
      ->add_option("DATASET", data.dataset,
                   "cxx-headers: the C++ standard library's headers, as bytes")
      ->required()
      ->check(CLI::IsMember({"cxx-headers"}));
  data_build->add_option("-o,--output", data.output, "path prefix; default: below the cache root");
  data_build->add_option("--compiler", data.compiler, "compiler whose headers are taken")
      ->capture_default_str();
  data_build->callback([&] {
    data.action = DataArguments::Action::kBuild;
    code = RunData(data, terminal);
  });
  CLI::App* data_inspect =
      data_command->add_subcommand("inspect", "Documents, tokens and first bytes of a dataset");
  data_inspect->add_option("DATASET", data.dataset, "a built dataset's name, or a path prefix")
      ->required();
  data_inspect->callback([&] {
    data.action = DataArguments::Action::kInspect;
    code = RunData(data, terminal);
  });

  // Commands run from the callbacks, after the whole line has been accepted.
  app.parse_complete_callback([&] {
    if (format == "sarif" && !check_command->parsed()) {
      throw CLI::ValidationError("--format", "sarif is a format of check alone");
    }
    terminal.format = format == "json"    ? Format::kJson
                      : format == "sarif" ? Format::kSarif
                                          : Format::kText;
  });
  try {
    std::vector<std::string> words = WithFlagToExplain(arguments);
    bisect.oracle = TakeOracle(words);
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    app.parse(reversed);
  } catch (const CLI::Success& success) {
    return app.exit(success, terminal.out, terminal.err);
  } catch (const CLI::ParseError& error) {
    const std::string nearest = NearestCommand(app, arguments);
    terminal.err << "error: " << (nearest.empty() ? error.what() : nearest) << '\n'
                 << "run 'nam56r --help' or 'nam56r COMMAND --help' for what is accepted\n";
    return kUsage;
  }
  return code;
}

}  // namespace nam56r::cli
