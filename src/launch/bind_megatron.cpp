#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "src/dialect/release.h"
#include "src/launch/binding.h"
#include "src/launch/bootstrap_files.h"
#include "src/launch/cache_directory.h"
#include "src/launch/host_error.h"
#include "src/launch/machine.h"
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
    auto root = CacheRoot(*host_, options_.launcher_environment);
    if (root) {
      cache_root_ = root->string();
    } else {
      Refuse(root.errors());
    }
  }

  BoundRun Join() {
    Launcher();
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
    run.ranks.push_back({0, std::move(argv_), environment_.Sorted()});
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

  /// |value|, or a placeholder for a host field that says nothing.
  std::string Host(const std::string& key, const std::string& value) {
    if (!value.empty()) return value;
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

  void Launcher() {
    const std::int64_t nodes = std::max<std::int64_t>(host_->machine.nodes, 1);
    const std::int64_t world = contract_.policy.layout.world_size;
    AddHost("paths.python", host_->paths.python);
    for (const char* word : {"-m", "torch.distributed.run"}) Add(word, Surface::kHost, "launch");
    Add(fmt::format("--nnodes={}", nodes), Surface::kHost, host_.From("machine.nodes"));
    Add(fmt::format("--nproc-per-node={}", (world + nodes - 1) / nodes), Surface::kPolicy,
        "policy layout.world_size over host machine.nodes");
    if (nodes > 1) Add("--node-rank=0", Surface::kHost, "launch, one for each node");
    Add("--master-addr=" + host_->network.master_addr, Surface::kHost,
        host_.From("network.master_addr"));
    std::int64_t port = host_->network.master_port;
    if (port == 0) {
      auto free = FreePort(host_->network.master_addr);
      if (free) {
        port = *free;
      } else {
        Refuse(free.errors());
      }
    }
    Add(fmt::format("--master-port={}", port), Surface::kHost, host_.From("network.master_port"));
    for (Token& word : BootstrapWords(options_.receipt_directory)) argv_.push_back(std::move(word));
    const std::string megatron = Host("paths.megatron", host_->paths.megatron);
    Add(fmt::format("{}/{}", megatron,
                    dialect::EntryPoint(*dialect::FindRelease(contract_.dialect))),
        Surface::kHost, host_.From("paths.megatron"));
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
    AddHost(key, HostPath(key));
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
    if (host_->machine.nodes <= 1 || interface != "lo") {
      environment_.AddHost("GLOO_SOCKET_IFNAME", interface, host_.From("network.interface"));
    }
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
                       CacheDirectory(lifetime, std::string(cache.name), cache_root_,
                                      options_.receipt_directory, contract_.digest, host_name),
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
  std::vector<Token> argv_;
  EnvironmentBuilder environment_;
  std::vector<BoundFile> files_;
  base::Diagnostics refused_;
};

}  // namespace

base::Expected<BoundRun> BindMegatron(const contract::ReadContract& contract, const HostView& host,
                                      const BindOptions& options) {
  Command command(contract, host, options);
  BoundRun run = command.Join();
  if (!command.clashes().empty()) return command.clashes();
  base::Diagnostic no_engine = HostError(
      "LAUNCH0008",
      fmt::format("engine local starts native contracts; this one is for {}", contract.dialect),
      "read its command with --dry-run, or set run.backend = \"native\" in the policy");
  no_engine.fields = {"run.backend"};
  no_engine.valid = {"native"};
  run.refused.insert(run.refused.begin(), no_engine);
  return run;
}

}  // namespace nam56r::launch::internal
