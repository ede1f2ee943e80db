#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "src/base/expected.h"
#include "src/launch/bind.h"

/// What the two backends' bindings share. For bind*.cpp alone.
namespace nam56r::launch::internal {

/// A host that may be missing, every value with where it came from.
class HostView {
 public:
  explicit HostView(const base::Loaded<host::Host>* loaded) : loaded_(loaded) {}

  const host::Host& operator*() const { return loaded_ != nullptr ? loaded_->value : defaults_; }
  const host::Host* operator->() const { return &**this; }
  /// "host network.interface", and the line if a file says it.
  std::string From(const std::string& key) const;
  base::SourceLocation At(const std::string& key) const;
  /// A file says it.
  bool Says(const std::string& key) const { return loaded_ != nullptr && At(key).line > 0; }

 private:
  const base::Loaded<host::Host>* loaded_;
  host::Host defaults_;
};

/// Collects variables; a second one of a name is an error, never an override.
class EnvironmentBuilder {
 public:
  void Add(std::string name, std::string value, base::Surface owner, std::string from);
  /// Of the host file or the launcher, as |from| says.
  void AddHost(std::string name, std::string value, std::string from) {
    Add(std::move(name), std::move(value), base::Surface::kHost, std::move(from));
  }
  /// LAUNCH0007 for each clash.
  const base::Diagnostics& errors() const { return errors_; }
  std::vector<Variable> Sorted() const;

 private:
  std::map<std::string, Variable> variables_;
  base::Diagnostics errors_;
};

/// One decided field of a contract's fixed policy.
struct PolicyLeaf {
  std::string key;  ///< "optimizer.lr"
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;
};
std::vector<PolicyLeaf> PolicyLeaves(const nlohmann::json& document);

/// PATH and LANG as every process gets them.
void AddBasics(EnvironmentBuilder& environment);
/// LD_LIBRARY_PATH of paths.libraries, if the host says any.
void AddLibraries(const HostView& host, EnvironmentBuilder& environment);
/// What the policy puts into the environment.
void AddPolicy(const std::vector<PolicyLeaf>& leaves, EnvironmentBuilder& environment);

/// Prefix of a dataset whose .bin and .idx exist. Errors: LAUNCH0004, LAUNCH0009.
base::Expected<std::filesystem::path> BindDataset(
    const std::string& name, const HostView& host,
    const std::map<std::string, std::string>& launcher_environment);

base::Expected<BoundRun> BindNative(const contract::ReadContract& contract, const HostView& host,
                                    const BindOptions& options);
/// A native contract for pods: one process that stands for all ranks.
base::Expected<BoundRun> BindPods(const contract::ReadContract& contract, const HostView& host,
                                  const BindOptions& options);
base::Expected<BoundRun> BindMegatron(const contract::ReadContract& contract, const HostView& host,
                                      const BindOptions& options);

}  // namespace nam56r::launch::internal
