#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "src/base/units.h"
#include "src/launch/binding.h"
#include "src/launch/host_error.h"
#include "src/launch/machine.h"
#include "src/launch/run.h"

namespace nam56r::launch::internal {
namespace {

using std::filesystem::path;

// What one native rank keeps for a parameter: weight, gradient and two moments, each fp32.
constexpr std::int64_t kBytesPerParameter = 16;

base::Expected<path> BindWorker(const HostView& host, const BindOptions& options) {
  const bool stated = !host->paths.worker.empty();
  const path launcher = options.executable.empty() ? ThisExecutable() : options.executable;
  const path worker = std::filesystem::absolute(stated ? path(host->paths.worker)
                                                       : launcher.parent_path() / "nam56r-worker");
  std::error_code ignored;
  if (std::filesystem::is_regular_file(worker, ignored) && ::access(worker.c_str(), X_OK) == 0) {
    return worker;
  }
  base::Diagnostic error =
      HostError("LAUNCH0001",
                fmt::format("the worker {} {}", worker.string(),
                            std::filesystem::exists(worker, ignored) ? "cannot be executed"
                                                                     : "does not exist"),
                "build it (target nam56r-worker), or name it in the host file: paths.worker");
  error.fields = {"paths.worker"};
  if (stated) error.where = {{host.At("paths.worker"), "the host names it here"}};
  return error;
}

base::Diagnostics CheckWorld(std::int64_t world, std::int64_t cores) {
  // Ranks of a small model may share cores; far beyond that they only wait for each other.
  const std::int64_t most = std::max<std::int64_t>(16, 4 * cores);
  if (world <= most) return {};
  base::Diagnostic error = HostError(
      "LAUNCH0005",
      fmt::format("{} ranks on {} cores: engine local starts at most {} here", world, cores, most),
      "take a policy with fewer ranks, or a larger machine");
  error.fields = {"layout.world_size", "machine.cores"};
  error.valid = {fmt::format("1 to {}", most)};
  return {error};
}

base::Diagnostics CheckNodes(std::int64_t world, const HostView& host, const BindOptions& options) {
  const auto nodes = static_cast<std::int64_t>(options.nodes.size());
  if (nodes <= 1) return {};
  base::Diagnostics errors;
  if (world % nodes != 0) {
    errors.push_back(HostError(
        "LAUNCH0309", fmt::format("{} ranks cannot be dealt out evenly to {} nodes", world, nodes),
        "change machine.nodes of the host file, or layout.world_size of the policy"));
    errors.back().fields = {"machine.nodes", "layout.world_size"};
  }
  // Nodes of a test cluster may be one machine.
  if (host->network.interface == "lo" && !options.master_addr.starts_with("127.")) {
    errors.push_back(HostError(
        "LAUNCH0310",
        fmt::format("ranks on {} nodes cannot reach each other over the interface lo", nodes),
        "name the nodes' interface: interface = \"eth0\" below [network] of the host file"));
    errors.back().fields = {"network.interface"};
  }
  return errors;
}

base::Diagnostics CheckMemory(const contract::ReadContract& contract, std::int64_t memory,
                              std::int64_t nodes) {
  const policy::Layout& layout = contract.policy.layout;
  std::int64_t parameters = 0;
  for (std::int64_t rank = 0; rank < layout.world_size; ++rank) {
    parameters += plan::ParametersOnRank(
        contract.plan, StageOfRank(layout, rank),
        {layout.tensor_parallel, layout.expert_parallel, layout.expert_tensor_parallel});
  }
  const std::int64_t bytes = parameters * kBytesPerParameter / nodes;
  if (memory <= 0 || bytes <= memory) return {};
  base::Diagnostic error = HostError(
      "LAUNCH0006",
      fmt::format("the ranks together hold {} parameters, {} with gradients and optimizer state "
                  "({} bytes each); this machine has {}",
                  base::WithThousands(parameters), base::HumanBytes(bytes), kBytesPerParameter,
                  base::HumanBytes(memory)),
      "take a smaller recipe (recipes/nam56r-tiny.toml), a layout that shards more, or a larger "
      "machine");
  error.fields = {"layout.world_size", "layout.pipeline_parallel", "layout.expert_parallel"};
  return {error};
}

// Directories of the checkpoints that a policy names; empty where it names none.
struct Checkpoints {
  path load;
  path save;
};

base::Expected<Checkpoints> BindCheckpoints(const policy::Checkpoint& named, const HostView& host) {
  base::Diagnostics errors;
  std::vector<std::string> bound;
  for (const auto& [name, directory] : host->checkpoints) bound.push_back(name);
  const auto bind = [&](const char* field, const std::string& name) -> path {
    if (name.empty()) return {};
    if (const auto it = host->checkpoints.find(name); it != host->checkpoints.end()) {
      return std::filesystem::absolute(it->second);
    }
    base::Diagnostic error = HostError(
        "LAUNCH0016",
        fmt::format("the policy says {} = \"{}\", which the host binds to no "
                    "directory",
                    field, name),
        fmt::format("write {} = \"DIRECTORY\" below [checkpoints] of the host file", name));
    error.fields = {field, "checkpoints." + name};
    error.valid = bound;
    errors.push_back(std::move(error));
    return {};
  };
  Checkpoints checkpoints{bind("checkpoint.load", named.load), bind("checkpoint.save", named.save)};
  if (!errors.empty()) return errors;
  return checkpoints;
}

struct Place {
  path worker;
  path dataset;
  Checkpoints checkpoints;
  std::string address;
  std::string address_from;
  std::int64_t port = 0;
  std::int64_t ranks_per_node = 1;
};

std::vector<Token> Argv(const Place& place, const HostView& host, const BindOptions& options,
                        const std::string& dataset, const policy::Checkpoint& named) {
  const auto token = [](std::string text, base::Surface owner, std::string from) {
    return Token{std::move(text), owner, std::move(from)};
  };
  const bool stated = host->datasets.contains(dataset);
  const std::string contract = (options.receipt_directory / "contract.json").string();
  std::vector<Token> argv = {
      token(place.worker.string(), base::Surface::kHost,
            host->paths.worker.empty() ? "beside nam56r" : host.From("paths.worker")),
      token("--contract", base::Surface::kHost, "launch"),
      token(contract, base::Surface::kHost, "receipt"),
      token("--dataset", base::Surface::kPolicy, "policy data.dataset = " + dataset),
      token(place.dataset.string(), base::Surface::kHost,
            stated ? host.From("datasets." + dataset) : "built below the cache root"),
  };
  const auto add = [&](const char* flag, const path& directory, const std::string& name) {
    if (directory.empty()) return;
    argv.push_back(token(flag, base::Surface::kPolicy,
                         fmt::format("policy checkpoint.{} = {}", flag + 2, name)));
    argv.push_back(
        token(directory.string(), base::Surface::kHost, host.From("checkpoints." + name)));
  };
  add("--load", place.checkpoints.load, named.load);
  add("--save", place.checkpoints.save, named.save);
  if (!named.save.empty()) {
    argv.push_back(token("--run", base::Surface::kHost, "launch"));
    argv.push_back(
        token(options.receipt_directory.filename().string(), base::Surface::kHost, "receipt"));
  }
  return argv;
}

base::Expected<std::vector<Variable>> Environment(std::int64_t rank, const Place& place,
                                                  const contract::ReadContract& contract,
                                                  const HostView& host,
                                                  const BindOptions& options) {
  const std::string world = std::to_string(contract.policy.layout.world_size);
  const std::string threads = std::to_string(host->machine.threads_per_rank);
  const std::int64_t local = rank % place.ranks_per_node;
  EnvironmentBuilder environment;
  AddBasics(environment);
  environment.AddHost("RANK", std::to_string(rank), "launch");
  environment.AddHost("LOCAL_RANK", std::to_string(local), "launch");
  environment.Add("WORLD_SIZE", world, base::Surface::kPolicy, "policy layout.world_size");
  if (options.nodes.size() <= 1) {
    environment.Add("LOCAL_WORLD_SIZE", world, base::Surface::kPolicy, "policy layout.world_size");
  } else {
    environment.AddHost("LOCAL_WORLD_SIZE", std::to_string(place.ranks_per_node),
                        "launch, ranks of a node");
  }
  environment.AddHost("MASTER_ADDR", place.address, place.address_from);
  environment.AddHost(
      "MASTER_PORT", std::to_string(place.port),
      host->network.master_port == 0 ? "launch, a free port" : host.From("network.master_port"));
  environment.AddHost("GLOO_SOCKET_IFNAME", host->network.interface,
                      host.From("network.interface"));
  environment.AddHost("OMP_NUM_THREADS", threads, host.From("machine.threads_per_rank"));
  environment.AddHost("OPENBLAS_NUM_THREADS", threads, host.From("machine.threads_per_rank"));
  // Workarounds for one machine, which belong to nobody but it: OpenBLAS does not know every
  // processor, and libraries may lie in unusual places.
  for (const char* name : {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "LD_LIBRARY_PATH"}) {
    const auto it = options.launcher_environment.find(name);
    if (it == options.launcher_environment.end()) continue;
    if (name == std::string_view("LD_LIBRARY_PATH") && !host->paths.libraries.empty()) continue;
    environment.AddHost(name, it->second, "environment of nam56r");
  }
  AddLibraries(host, environment);
  AddPolicy(PolicyLeaves(contract.document), environment);
  if (!environment.errors().empty()) return environment.errors();
  return environment.Sorted();
}

}  // namespace

base::Expected<BoundRun> BindNative(const contract::ReadContract& contract, const HostView& host,
                                    const BindOptions& options) {
  std::int64_t cores = host->machine.cores;
  if (cores <= 0) cores = options.cores > 0 ? options.cores : CoresHere();
  const std::int64_t memory = options.memory_bytes > 0 ? options.memory_bytes : MemoryBytesHere();
  const std::int64_t world = contract.policy.layout.world_size;
  const std::string& dataset = contract.policy.data.dataset;

  // All that is wrong with this machine at once.
  // Of a Slurm job that is not there yet, the nodes are as the host says.
  const std::int64_t nodes = options.nodes.empty()
                                 ? (options.engine == "slurm" ? host->machine.nodes : 1)
                                 : static_cast<std::int64_t>(options.nodes.size());
  base::Diagnostics errors = CheckWorld(world / nodes, cores);
  const auto collect = [&](const base::Diagnostics& more) {
    errors.insert(errors.end(), more.begin(), more.end());
  };
  collect(CheckMemory(contract, memory, nodes));
  const auto worker = BindWorker(host, options);
  if (!worker) collect(worker.errors());
  const auto prefix = BindDataset(dataset, host, options.launcher_environment);
  if (!prefix) collect(prefix.errors());
  const policy::Checkpoint& named = contract.policy.checkpoint;
  const auto checkpoints = BindCheckpoints(named, host);
  if (!checkpoints) collect(checkpoints.errors());
  collect(CheckNodes(world, host, options));
  const bool given = !options.master_addr.empty() && !host.Says("network.master_addr");
  const std::string address = given ? options.master_addr : host->network.master_addr;
  const auto port = host->network.master_port != 0
                        ? base::Expected<std::int64_t>(host->network.master_port)
                        : FreePort(address);
  if (!port) collect(port.errors());
  if (!errors.empty()) return errors;

  const Place place{*worker,
                    *prefix,
                    *checkpoints,
                    address,
                    given ? "the first node" : host.From("network.master_addr"),
                    *port,
                    options.nodes.empty() ? world : world / nodes};
  BoundRun run;
  for (std::int64_t rank = 0; rank < world; ++rank) {
    auto environment = Environment(rank, place, contract, host, options);
    if (!environment) return environment.errors();
    run.ranks.push_back(
        {rank, Argv(place, host, options, dataset, named), *std::move(environment)});
  }
  run.host = base::ToJson(*host, host::Schema());
  run.host["bound"] = {{"worker", place.worker.string()},
                       {"dataset", {{"name", dataset}, {"prefix", place.dataset.string()}}},
                       {"nodes", options.nodes},
                       {"master_addr", place.address},
                       {"master_port", place.port},
                       {"cores", cores},
                       {"memory_bytes", memory}};
  return run;
}

}  // namespace nam56r::launch::internal
