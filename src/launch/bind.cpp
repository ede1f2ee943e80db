#include "src/launch/bind.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "src/base/nearest_name.h"
#include "src/base/origin.h"
#include "src/launch/binding.h"
#include "src/launch/engine_name.h"
#include "src/launch/host_error.h"

namespace nam56r::launch {
namespace internal {

std::string HostView::From(const std::string& key) const {
  std::string text = "host " + key;
  const base::SourceLocation at = At(key);
  if (at.line > 0) return text + fmt::format(" ({})", base::ToString(at));
  // Of a map only its keys have origins, and only a file gives it keys.
  const bool stated = loaded_ != nullptr && loaded_->origins.contains(key) &&
                      loaded_->origins.at(key).kind != base::Origin::Kind::kDefault;
  if (!stated) text += " (default)";
  return text;
}

base::SourceLocation HostView::At(const std::string& key) const {
  return loaded_ != nullptr ? loaded_->At(key) : base::SourceLocation{};
}

void EnvironmentBuilder::Add(std::string name, std::string value, base::Surface owner,
                             std::string from) {
  const auto [it, added] = variables_.try_emplace(name, Variable{name, value, owner, from});
  if (added) return;
  base::Diagnostic error = HostError(
      "LAUNCH0007", fmt::format("{} is set in two places: {} and {}", name, it->second.from, from),
      fmt::format("remove {} from {}", name, from));
  error.surface = owner;
  error.where = {{{}, fmt::format("{}: {}={}", it->second.from, name, it->second.value)},
                 {{}, fmt::format("{}: {}={}", from, name, value)}};
  error.fields = {name};
  errors_.push_back(std::move(error));
}

std::vector<Variable> EnvironmentBuilder::Sorted() const {
  std::vector<Variable> sorted;
  for (const auto& [name, variable] : variables_) sorted.push_back(variable);
  return sorted;
}

namespace {

void CollectLeaves(const nlohmann::json& object, const std::string& key, int depth,
                   std::vector<PolicyLeaf>& leaves) {
  constexpr int kMaxDepth = 8;
  if (!object.is_object() || depth > kMaxDepth) return;
  if (object.contains("value") && object.contains("argv")) {
    PolicyLeaf leaf{key, {}, {}};
    for (const auto& word : object["argv"]) {
      if (word.is_string()) leaf.argv.push_back(word);
    }
    const auto variables = object.find("environment");
    if (variables != object.end() && variables->is_object()) {
      for (const auto& [name, value] : variables->items()) {
        if (value.is_string()) leaf.environment[name] = value;
      }
    }
    leaves.push_back(std::move(leaf));
    return;
  }
  for (const auto& [name, child] : object.items()) {
    CollectLeaves(child, key.empty() ? name : key + "." + name, depth + 1, leaves);
  }
}

}  // namespace

std::vector<PolicyLeaf> PolicyLeaves(const nlohmann::json& document) {
  std::vector<PolicyLeaf> leaves;
  const auto policy = document.find("fixed_policy");
  if (policy != document.end()) CollectLeaves(*policy, "", 0, leaves);
  return leaves;
}

void AddBasics(EnvironmentBuilder& environment) {
  environment.AddHost("PATH", "/usr/local/bin:/usr/bin:/bin", "launch, always");
  environment.AddHost("LANG", "C.UTF-8", "launch, always");
}

void AddLibraries(const HostView& host, EnvironmentBuilder& environment) {
  if (host->paths.libraries.empty()) return;
  environment.AddHost("LD_LIBRARY_PATH", fmt::format("{}", fmt::join(host->paths.libraries, ":")),
                      host.From("paths.libraries"));
}

void AddPolicy(const std::vector<PolicyLeaf>& leaves, EnvironmentBuilder& environment) {
  for (const PolicyLeaf& leaf : leaves) {
    if (leaf.key == "bootstrap_environment") continue;  // set later, by the bootstrap
    for (const auto& [name, value] : leaf.environment) {
      environment.Add(name, value, base::Surface::kPolicy, "policy " + leaf.key);
    }
  }
}

base::Expected<std::filesystem::path> BindDataset(
    const std::string& name, const HostView& host,
    const std::map<std::string, std::string>& launcher_environment) {
  std::vector<std::string> bound;
  for (const auto& [known, prefix] : host->datasets) bound.push_back(known);

  std::filesystem::path prefix;
  const auto it = host->datasets.find(name);
  if (it != host->datasets.end()) {
    prefix = std::filesystem::absolute(it->second);
  } else {
    auto cache_root = CacheRoot(*host, launcher_environment);
    if (!cache_root) return cache_root.errors();
    prefix = DefaultDatasetPrefix(*cache_root, name);
  }
  std::vector<std::string> missing;
  for (const char* extension : {".bin", ".idx"}) {
    std::error_code ignored;
    const std::string file = prefix.string() + extension;
    if (!std::filesystem::is_regular_file(file, ignored)) missing.push_back(file);
  }
  if (missing.empty()) return prefix;

  const bool stated = it != host->datasets.end();
  base::Diagnostic error = HostError(
      "LAUNCH0004",
      stated ? fmt::format("dataset '{}' is bound to {}, but {} does not exist", name,
                           prefix.string(), fmt::join(missing, " and "))
             : fmt::format("dataset '{}' is not bound by the host, and {} has not been built", name,
                           prefix.string()),
      fmt::format("nam56r data build {}, or bind it in the host file: [datasets] {} = \"PREFIX\"",
                  name, name));
  if (name == "cxx-headers") error.fix = "nam56r data build cxx-headers";
  if (stated) {
    error.where = {{host.At("datasets." + name), "the host binds it here"}};
  } else if (const auto near = base::NearestName(name, bound)) {
    error.fix = fmt::format("did the policy mean '{}'? Otherwise: {}", *near, error.fix);
  }
  error.fields = {"data.dataset", "datasets." + name};
  error.valid = bound;
  return error;
}

}  // namespace internal

base::Expected<BoundRun> Bind(const contract::ReadContract& contract,
                              const base::Loaded<host::Host>* host, const BindOptions& options) {
  auto engine = ChooseEngine(contract.dialect, options.engine);
  if (!engine) return engine.errors();
  BindOptions chosen = options;
  chosen.engine = *engine;
  const internal::HostView view(host);
  auto run = contract.dialect == "native"
                 ? (*engine == "kubernetes" ? internal::BindPods(contract, view, chosen)
                                            : internal::BindNative(contract, view, chosen))
                 : internal::BindMegatron(contract, view, chosen);
  if (!run) return run;
  run->receipt_directory = options.receipt_directory;
  run->engine = *engine;
  run->engine_from =
      options.engine.empty()
          ? fmt::format("default of {}",
                        contract.dialect == "native" ? "backend native" : "backend megatron")
          : "--engine";
  return run;
}

RankCommand ToCommand(const BoundRank& rank) {
  RankCommand command;
  command.rank = rank.rank;
  command.starts = rank.starts;
  for (const Token& token : rank.argv) command.argv.push_back(token.text);
  for (const Variable& variable : rank.environment) {
    command.environment[variable.name] = variable.value;
  }
  return command;
}

std::map<std::string, std::string> ProcessEnvironment() {
  std::map<std::string, std::string> environment;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) environment[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return environment;
}

base::Expected<std::filesystem::path> CacheRoot(
    const host::Host& host, const std::map<std::string, std::string>& environment) {
  if (!host.paths.cache_root.empty()) return std::filesystem::absolute(host.paths.cache_root);
  const auto value = [&](const char* name) {
    const auto it = environment.find(name);
    return it == environment.end() ? std::string() : it->second;
  };
  // The XDG base directory specification has relative values ignored.
  if (const std::string cache = value("XDG_CACHE_HOME"); cache.starts_with('/')) {
    return std::filesystem::path(cache) / "nam56r";
  }
  if (const std::string home = value("HOME"); home.starts_with('/')) {
    return std::filesystem::path(home) / ".cache" / "nam56r";
  }
  base::Diagnostic error =
      HostError("LAUNCH0009", "there is no directory for caches: HOME is not set",
                "set paths.cache_root in the host file");
  error.fields = {"paths.cache_root"};
  return error;
}

std::filesystem::path DefaultDatasetPrefix(const std::filesystem::path& cache_root,
                                           const std::string& name) {
  return cache_root / "datasets" / name;
}

}  // namespace nam56r::launch
