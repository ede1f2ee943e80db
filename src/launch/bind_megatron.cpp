#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "src/dialect/release.h"
#include "src/launch/binding.h"
#include "src/launch/bootstrap_files.h"
#include "src/launch/cache_directory.h"
#include "src/launch/host_error.h"
#include "src/launch/machine.h"
#include "src/launch/pods.h"
#include "src/launch/torchrun_lines.h"
#include "src/policy/caches.h"
#include "src/policy/environment.h"

namespace nam56r::launch::internal {
namespace {

using base::Surface;
using nlohmann::json;

/// Joins one command line. What the host does not say stands as "<host paths.python>", and the run
/// is refused for it: a dry run shows the shape all the same.
class Command {
 public:
  Command(const contract::ReadContract& contract, const HostView& host, const BindOptions& options)
      : contract_(contract), host_(host), options_(options) {
    const bool of_pods = options.engine == "kubernetes" && host->paths.cache_root.empty();
    auto root =
        of_pods
            ? base::Expected<std::filesystem::path>(std::filesystem::path(kPodScratch) / "cache")
            : CacheRoot(*host_, options_.launcher_environment);
    if (root) {
      cache_root_ = root->string();
    } else {
      Refuse(root.errors());
    }
  }

  BoundRun Join() {
    Interpreter();
    Torchrun();
    for (const json& arg : contract_.document.at("generated_native_args")) Generated(arg);
    const std::vector<PolicyLeaf> leaves = PolicyLeaves(contract_.document);
    for (const PolicyLeaf& leaf : leaves) {
      for (const std::string& word : leaf.argv) {
        Add(word, Surface::kPolicy, "policy " + leaf.key);
      }
    }
    for (const json& item : contract_.document.at("unresolved")) Unresolved(item);
    Environment(leaves);

    BoundRun run;
    run.ranks = Processes();
    run.files = std::move(files_);
    run.host = base::ToJson(*host_, host::Schema());
    run.refused = std::move(refused_);
    return run;
  }

  const base::Diagnostics& clashes() const { return environment_.errors(); }

 private:
  void Add(std::string text, Surface owner, std::string from) {
    argv_.push_back({std::move(text), owner, std::move(from)});
  }
  void Refuse(const base::Diagnostics& why) {
    refused_.insert(refused_.end(), why.begin(), why.end());
  }

  /// |value|, or a placeholder for a host field that says nothing; refused once.
  std::string Host(const std::string& key, const std::string& value) {
    if (!value.empty()) return value;
    if (!missing_.insert(key).second) return fmt::format("<host {}>", key);
    base::Diagnostic error = HostError(key.starts_with("datasets.") ? "LAUNCH0004" : "LAUNCH0001",
                                       fmt::format("the host does not say {}", key),
                                       fmt::format("set {} in the host file", key));
    error.fields = {key};
    Refuse({error});
    return fmt::format("<host {}>", key);
  }

  void AddHost(const std::string& key, const std::string& value) {
    Add(Host(key, value), Surface::kHost, value.empty() ? "host " + key : host_.From(key));
  }

  bool InPods() const { return options_.engine == "kubernetes"; }
  std::int64_t World() const { return contract_.policy.layout.world_size; }
  std::int64_t Nodes() const {
    if (!options_.nodes.empty()) return static_cast<std::int64_t>(options_.nodes.size());
    return std::max<std::int64_t>(host_->machine.nodes, 1);
  }
  std::int64_t RanksOfNode() const { return (World() + Nodes() - 1) / Nodes(); }
  /// What a run may write outside of caches.
  std::filesystem::path Scratch() const {
    return InPods() ? std::filesystem::path(kPodScratch) : options_.receipt_directory;
  }

  // -u: the agent passes its workers' lines on, and Python would keep them back by the block.
  void Interpreter() {
    AddHost("paths.python", host_->paths.python);
    if (!InPods()) MustBeFile("paths.python", host_->paths.python, "");
    for (const char* word : {"-u", "-m", "torch.distributed.run"}) {
      Add(word, Surface::kHost, "launch");
    }
  }

  // The words of PyTorch 2.6 to 2.11 alike (pytorch/pytorch, torch/distributed/run.py).
  //
  // Rendezvous is static for one node and for several: the ranks of node i are then i * n to
  // i * n + n - 1, in the order in which the host, Slurm or the Job controller number the nodes.
  // The c10d rendezvous ignores --node-rank and numbers nodes by their sorted addresses
  // (config_from_args in run.py; _mark_rendezvous_complete in
  // elastic/rendezvous/dynamic_rendezvous.py), and what it has beyond, nodes that come and go, no
  // contract allows. Both meet in a TCPStore at the first node, which the workers then share.
  //
  // --max-restarts=0: who restarts what, and for which cause, is decided outside of torchrun.
  // --tee=3: the output of each worker goes to a file below --log-dir, and from there to the
  // agent's with a prefix before each piece (elastic/multiprocessing/tail_log.py); the prefix is
  // ours (TORCHELASTIC_LOG_LINE_PREFIX_TEMPLATE), see torchrun_lines.h.
  void Torchrun() {
    const std::int64_t nodes = Nodes();
    CheckNodes();
    const auto host = [&](std::string word, std::string from) {
      Add(std::move(word), Surface::kHost, std::move(from));
    };
    host(fmt::format("--nnodes={}", nodes),
         options_.nodes.empty() ? host_.From("machine.nodes") : "nodes of the allocation");
    Add(fmt::format("--nproc-per-node={}", RanksOfNode()), Surface::kPolicy,
        "policy layout.world_size over the nodes");
    node_rank_word_ = argv_.size();
    host("--node-rank=0", "launch, the number of the node");
    host("--rdzv-backend=static", "launch, ranks in the order of the nodes");
    host("--rdzv-id=" + RunTag(contract_.digest), "launch, of the contract's digest");
    const std::string address = MasterAddress();
    host("--master-addr=" + address, master_from_);
    host(fmt::format("--master-port={}", MasterPort()), host_.From("network.master_port"));
    host("--max-restarts=0", "launch, which decides on restarts itself");
    host("--log-dir=" + (Scratch() / kTorchrunLogs).string(), "receipt");
    host("--tee=3", "launch, output of every rank");

    // In a pod they lie in the ConfigMap.
    const std::filesystem::path files =
        InPods() ? std::filesystem::path(kPodFiles) : options_.receipt_directory;
    for (Token& word : BootstrapWords(files)) argv_.push_back(std::move(word));
    const std::string megatron = Host("paths.megatron", host_->paths.megatron);
    const std::string entry(dialect::EntryPoint(*dialect::FindRelease(contract_.dialect)));
    if (!InPods()) MustBeFile("paths.megatron", host_->paths.megatron, entry);
    host(megatron + "/" + entry, host_.From("paths.megatron"));
  }

  std::string MasterAddress() {
    master_from_ = host_.From("network.master_addr");
    if (InPods()) {
      master_from_ = "launch, the first pod";
      return FirstPodAddress(PodSetName(options_.receipt_directory));
    }
    const bool loopback =
        host_->network.master_addr.starts_with("127.") || host_->network.master_addr == "localhost";
    if (loopback && !options_.nodes.empty() && Nodes() > 1) {
      master_from_ = "first node of the allocation";
      return options_.nodes.front();
    }
    if (loopback && Nodes() > 1) {
      RefuseHost("LAUNCH0502",
                 fmt::format("{} nodes cannot meet at {}, which is each node's own", Nodes(),
                             host_->network.master_addr),
                 "set network.master_addr to the first node's address", "network.master_addr");
    }
    return host_->network.master_addr;
  }

  std::int64_t MasterPort() {
    const std::int64_t port = host_->network.master_port;
    if (port != 0) return port;
    if (InPods()) return kPodPort;
    if (Nodes() > 1 && options_.nodes.empty()) {
      RefuseHost("LAUNCH0503", "each node would take a free port of its own, and none would meet",
                 "set network.master_port to a port that is free on the first node",
                 "network.master_port");
      return port;
    }
    auto free = FreePort(options_.nodes.empty() ? host_->network.master_addr : "0.0.0.0");
    if (free) return *free;
    Refuse(free.errors());
    return port;
  }

  void CheckNodes() {
    const std::int64_t nodes = Nodes();
    if (World() % nodes != 0) {
      base::Diagnostic error = HostError(
          "LAUNCH0504", fmt::format("{} ranks do not divide among {} nodes", World(), nodes),
          "take a number of nodes that divides the ranks: torchrun starts as many on each");
      error.fields = {"layout.world_size", "machine.nodes"};
      error.where = {{host_.At("machine.nodes"), fmt::format("{} nodes", nodes)}};
      Refuse({error});
    }
    const std::int64_t gpus = host_->machine.gpus_per_node;
    if (gpus > 0 && RanksOfNode() > gpus) {
      base::Diagnostic error = HostError(
          "LAUNCH0505",
          fmt::format("{} ranks on a node of {} GPUs: a rank of Megatron needs one for itself",
                      RanksOfNode(), gpus),
          fmt::format("take {} nodes (machine.nodes), or a policy of {} ranks",
                      (World() + gpus - 1) / gpus, gpus * nodes));
      error.fields = {"layout.world_size", "machine.gpus_per_node", "machine.nodes"};
      error.where = {{host_.At("machine.gpus_per_node"), fmt::format("{} GPUs a node", gpus)}};
      Refuse({error});
    }
    if (options_.engine != "torchrun") return;
    if (nodes > 1 && !options_.node_rank) {
      RefuseHost("LAUNCH0501", fmt::format("which of the {} nodes is this?", nodes),
                 fmt::format("start launch on every node, with --node-rank 0 to {}", nodes - 1),
                 "--node-rank");
    } else if (options_.node_rank && (*options_.node_rank < 0 || *options_.node_rank >= nodes)) {
      RefuseHost("LAUNCH0501",
                 fmt::format("there is no node {}: the host has {}", *options_.node_rank, nodes),
                 fmt::format("take --node-rank 0 to {}", nodes - 1), "--node-rank");
    }
  }

  void RefuseHost(const char* code, std::string message, std::string fix, std::string field) {
    base::Diagnostic error = HostError(code, std::move(message), std::move(fix));
    error.where = {{host_.At(field), "the host"}};
    error.fields = {std::move(field)};
    Refuse({error});
  }

  // What |key| of the host names, or |file| within it. Nothing said is refused elsewhere.
  void MustBeFile(const std::string& key, const std::string& path, const std::string& file) {
    if (path.empty()) return;
    std::filesystem::path whole = path;
    if (!file.empty()) whole /= file;
    std::error_code ignored;
    if (std::filesystem::is_regular_file(whole, ignored)) return;
    const std::string fix =
        file.empty() ? fmt::format("set {} to an interpreter that is there", key)
                     : fmt::format(
                           "set {} to a checkout of the release that the contract is for, "
                           "{}",
                           key, contract_.dialect);
    RefuseHost("LAUNCH0506", fmt::format("{} does not exist", whole.string()), fix, key);
  }

  void MustBeDataset(const std::string& key, const std::string& prefix) {
    if (prefix.empty()) return;
    std::vector<std::string> missing;
    for (const char* extension : {".bin", ".idx"}) {
      std::error_code ignored;
      if (!std::filesystem::is_regular_file(prefix + extension, ignored)) {
        missing.push_back(prefix + extension);
      }
    }
    if (missing.empty()) return;
    RefuseHost("LAUNCH0004", fmt::format("{} does not exist", fmt::join(missing, " nor ")),
               fmt::format("set {} to the files' path without their extensions", key), key);
  }

  // One for this node, for every node of an allocation, or one that stands for all pods.
  std::vector<BoundRank> Processes() {
    BoundRank process{0, std::move(argv_), environment_.Sorted()};
    process.starts = RanksOfNode();
    const auto number = [&](BoundRank& one, const std::string& node) {
      one.argv[node_rank_word_].text = "--node-rank=" + node;
    };
    std::vector<BoundRank> processes;
    if (InPods()) {
      number(process, std::string(kPodIndex));
      process.copies = Nodes();
      processes.push_back(std::move(process));
      return processes;
    }
    const std::int64_t first = options_.node_rank.value_or(0);
    const std::int64_t end =
        options_.nodes.empty() ? first + 1 : static_cast<std::int64_t>(options_.nodes.size());
    for (std::int64_t node = first; node < end; ++node) {
      processes.push_back(process);
      processes.back().rank = node * RanksOfNode();
      number(processes.back(), std::to_string(node));
      if (options_.node_rank) processes.back().argv[node_rank_word_].from = "--node-rank";
    }
    return processes;
  }

  void Generated(const json& arg) {
    const Surface owner = arg.value("owner", "") == "policy" ? Surface::kPolicy : Surface::kPlan;
    const std::string from = arg.value("from", "");
    Add(arg.value("flag", ""), owner, from);
    for (const json& value : arg.value("values", json::array())) {
      if (value.is_string()) Add(value, owner, from);
    }
  }

  // {"name":"--data-path","bound_by":"host datasets.clang"}: flags among what is known only here.
  void Unresolved(const json& item) {
    const std::string flag = item.value("name", "");
    const std::string bound_by = item.value("bound_by", "");
    constexpr std::string_view kHost = "host ";
    if (!flag.starts_with("--") || !bound_by.starts_with(kHost)) return;
    const std::string key = bound_by.substr(kHost.size());
    Add(flag, Surface::kHost, bound_by);
    const std::string path = HostPath(key);
    AddHost(key, path);
    if (key.starts_with("datasets.") && !InPods()) MustBeDataset(key, path);
  }

  std::string HostPath(const std::string& key) const {
    const std::size_t dot = key.find('.');
    const std::string name = dot == std::string::npos ? "" : key.substr(dot + 1);
    const auto find = [&](const std::map<std::string, std::string>& map) {
      const auto it = map.find(name);
      return it == map.end() ? std::string() : it->second;
    };
    if (key.starts_with("datasets.")) return find(host_->datasets);
    if (key.starts_with("checkpoints.")) return find(host_->checkpoints);
    if (key == "paths.cache_root") return cache_root_;
    if (key == "paths.tokenizer_model") return host_->paths.tokenizer_model;
    return {};
  }

  void Environment(const std::vector<PolicyLeaf>& leaves) {
    AddBasics(environment_);
    environment_.AddHost("OMP_NUM_THREADS", std::to_string(host_->machine.threads_per_rank),
                         host_.From("machine.threads_per_rank"));
    environment_.AddHost("OPENBLAS_NUM_THREADS", std::to_string(host_->machine.threads_per_rank),
                         host_.From("machine.threads_per_rank"));
    // The loopback reaches no other node.
    const std::string& interface = host_->network.interface;
    if ((Nodes() <= 1 && !InPods()) || interface != "lo") {
      environment_.AddHost("GLOO_SOCKET_IFNAME", interface, host_.From("network.interface"));
    }
    // Of modules the interpreter's own and these, and nothing of the account that runs it.
    std::vector<std::string> modules = {Host("paths.megatron", host_->paths.megatron)};
    modules.insert(modules.end(), host_->paths.seams.begin(), host_->paths.seams.end());
    environment_.AddHost("PYTHONPATH", fmt::format("{}", fmt::join(modules, ":")),
                         host_->paths.seams.empty()
                             ? host_.From("paths.megatron")
                             : host_.From("paths.megatron") + ", " + host_.From("paths.seams"));
    environment_.AddHost("PYTHONNOUSERSITE", "1", "launch, always");
    AddLibraries(host_, environment_);
    environment_.AddHost("TORCHELASTIC_LOG_LINE_PREFIX_TEMPLATE",
                         LinePrefixTemplate(RunTag(contract_.digest)), "launch, tells ranks apart");
    // Of the failure that torchrun takes for the first, in a place that is known.
    environment_.AddHost("TORCHELASTIC_ERROR_FILE",
                         (Scratch() / kTorchrunLogs / "error.json").string(), "receipt");
    Caches();
    AddPolicy(leaves, environment_);
    SeamSettings();
    Bootstrap();
    const std::string& architecture = host_->machine.gpu_architecture;
    if (!architecture.empty()) Refuse(policy::CheckArchitecture(contract_.policy, architecture));
  }

  /// Of a host that does not say what the name is made of, a placeholder, and the run is refused.
  std::string HostCache() {
    auto name = HostCacheName(contract_, *host_);
    if (name) return *name;
    Refuse(name.errors());
    return fmt::format("<{}>", fmt::join(contract_.policy.caches.key, "-"));
  }

  void Caches() {
    std::string host_name;
    for (const policy::CacheVariable& cache : policy::kCacheVariables) {
      const std::string& lifetime = contract_.policy.caches.*cache.lifetime;
      if (lifetime.empty()) continue;
      if (lifetime == "host" && host_name.empty()) host_name = HostCache();
      environment_.Add(std::string(cache.variable),
                       CacheDirectory(lifetime, std::string(cache.name), cache_root_, Scratch(),
                                      contract_.digest, host_name),
                       Surface::kPolicy,
                       fmt::format("policy caches.{} = {}", cache.name, lifetime));
    }
  }

  // What goes before the entry point, once the environment is known.
  void Bootstrap() {
    auto files = BootstrapFiles(contract_, environment_.Sorted());
    if (!files) return Refuse(files.errors());
    files_ = *std::move(files);
  }

  void NoSettings(const std::string& seam, const std::string& why) {
    base::Diagnostic error = HostError(
        "LAUNCH0015", fmt::format("{} cannot be told its settings: {}", seam, why),
        "compile the contract again: the seam would read other values than it was compiled with");
    error.surface = Surface::kSeam;
    error.fields = {seam};
    Refuse({error});
  }

  // Fields that no flag carries and that a seam reads while the model is built.
  void SeamSettings() {
    std::map<std::string, std::string> said;  // two seams may read one field
    for (const json& seam : contract_.document.at("seams")) {
      const auto recorded = seam.find("recorded_only");
      if (recorded != seam.end() && recorded->is_boolean() && recorded->get<bool>()) continue;
      const auto settings = seam.find("settings");
      if (settings == seam.end()) continue;
      const auto id = seam.find("id");
      const std::string from =
          "seam " + (id != seam.end() && id->is_string() ? id->get<std::string>() : "");
      if (!settings->is_object()) {
        NoSettings(from, "its settings are no object");
        continue;
      }
      for (const auto& [name, value] : settings->items()) {
        if (!value.is_string()) {
          NoSettings(from, name + " is no text");
          continue;
        }
        const auto [at, first] = said.try_emplace(name, value);
        if (!first && at->second == value) continue;
        environment_.Add(name, value, Surface::kSeam, from);
      }
    }
  }

  const contract::ReadContract& contract_;
  const HostView& host_;
  const BindOptions& options_;
  std::string cache_root_ = "<host paths.cache_root>";
  std::string master_from_;
  std::vector<Token> argv_;
  std::size_t node_rank_word_ = 0;
  EnvironmentBuilder environment_;
  std::vector<BoundFile> files_;
  base::Diagnostics refused_;
  std::set<std::string> missing_;  ///< fields of the host that were asked for and say nothing
};

}  // namespace

base::Expected<BoundRun> BindMegatron(const contract::ReadContract& contract, const HostView& host,
                                      const BindOptions& options) {
  Command command(contract, host, options);
  BoundRun run = command.Join();
  if (!command.clashes().empty()) return command.clashes();
  return run;
}

}  // namespace nam56r::launch::internal
