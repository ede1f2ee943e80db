#include "src/launch/kubernetes/manifest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "src/base/secrets.h"
#include "src/launch/host_error.h"
#include "src/launch/kubernetes/fields.h"
#include "src/launch/pods.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;

// core/v1: the values of a ConfigMap together (kubernetes/api, core/v1/types.go, MaxSecretSize;
// kubernetes/kubernetes, pkg/apis/core/validation, ValidateConfigMap).
constexpr std::size_t kMaxConfigMap = std::size_t{1} << 20;
// Of spec.trainer.command, and again of spec.trainer.args (fields.cpp).
constexpr std::size_t kMaxTrainerWords = 128;

constexpr const char* kFilesVolume = "nam56r-files";
constexpr const char* kScratchVolume = "nam56r-scratch";
constexpr const char* kSharedMemoryVolume = "nam56r-shm";

class Builder {
 public:
  Builder(const BoundRun& run, std::string_view contract_bytes,
          const base::Loaded<host::Host>* host)
      : run_(run),
        host_(host),
        of_cluster_(host != nullptr ? host->value.kubernetes : host::Kubernetes{}),
        name_(PodSetName(run.receipt_directory)) {
    files_["contract.json"] = std::string(contract_bytes);
    for (const BoundFile& file : run.files) files_[file.name] = file.bytes;
  }

  base::Expected<json> Build() {
    Check();
    if (!errors_.empty()) return errors_;
    const bool trainjob = of_cluster_.kind == "trainjob";
    json items = json::array({ConfigMap(), trainjob ? TrainJob() : JobSet()});
    for (const json& item : items) {
      for (const std::string& problem : CheckFields(item)) {
        Refuse("LAUNCH0510", "Kubernetes would not take " + problem,
               "correct the field of the host file that it comes from", "kubernetes");
      }
    }
    if (!errors_.empty()) return errors_;
    return json{{"apiVersion", "v1"}, {"kind", "List"}, {"items", items}};
  }

 private:
  const BoundRank& Pod() const { return run_.ranks.at(0); }

  void Refuse(const char* code, std::string message, std::string fix, const std::string& field) {
    base::Diagnostic error = HostError(code, std::move(message), std::move(fix));
    error.fields = {field};
    if (host_ != nullptr) error.where = {{host_->At(field), "the host"}};
    errors_.push_back(std::move(error));
  }

  void Check() {
    if (of_cluster_.image.empty()) {
      Refuse("LAUNCH0510", "the host does not say which image the pods run",
             "set kubernetes.image in the host file", "kubernetes.image");
    }
    if (!IsDnsLabel(of_cluster_.name_space)) {
      Refuse("LAUNCH0510", fmt::format("'{}' is no name of a namespace", of_cluster_.name_space),
             "small letters, digits and hyphens, a letter first", "kubernetes.namespace");
    }
    std::set<std::string> mounts = {std::string(kPodFiles), std::string(kPodScratch), "/dev/shm"};
    for (const auto& [claim, path] : of_cluster_.claims) {
      const std::string field = "kubernetes.claims." + claim;
      if (!IsDnsLabel(claim)) {
        Refuse("LAUNCH0510", fmt::format("'{}' is no name of a claim", claim),
               "small letters, digits and hyphens, a letter first", field);
      }
      if (!path.starts_with('/') || path.find(':') != std::string::npos) {
        Refuse("LAUNCH0510",
               fmt::format("'{}' is no absolute path to mount claim {} at", path, claim),
               "begin it with /", field);
      } else if (!mounts.insert(path).second) {
        Refuse("LAUNCH0510", fmt::format("two volumes are mounted at {}", path),
               "take another path", field);
      }
    }
    std::size_t bytes = 0;
    for (const auto& [name, text] : files_) bytes += text.size();
    if (bytes > kMaxConfigMap) {
      Refuse("LAUNCH0511",
             fmt::format("the contract and its files have {} bytes, a ConfigMap holds {}", bytes,
                         kMaxConfigMap),
             "launch a contract without provenance that large, or by another engine", "kubernetes");
    }
    for (const Variable& variable : Pod().environment) {
      if (!base::NamesSecret(variable.name)) continue;
      base::Diagnostic error = HostError(
          "LAUNCH0512",
          fmt::format("{} ({}) would lie readable in the cluster", variable.name, variable.from),
          "leave it to the image or to the service account");
      error.surface = variable.owner;
      error.fields = {variable.name};
      errors_.push_back(std::move(error));
    }
    if (of_cluster_.kind == "trainjob" && Pod().argv.size() > 2 * kMaxTrainerWords) {
      Refuse("LAUNCH0513",
             fmt::format("the command has {} words, a TrainJob takes {}", Pod().argv.size(),
                         2 * kMaxTrainerWords),
             "set kubernetes.kind = \"jobset\", which has no such bound", "kubernetes.kind");
    }
  }

  json Labels() const {
    return {{"app.kubernetes.io/name", "nam56r"}, {"app.kubernetes.io/instance", name_}};
  }
  json Metadata(const std::string& name) const {
    return {{"name", name}, {"namespace", of_cluster_.name_space}, {"labels", Labels()}};
  }
  std::string FilesName() const { return name_ + "-files"; }

  json ConfigMap() const {
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata", Metadata(FilesName())},
            {"immutable", true},
            {"data", files_}};
  }

  // What is no reference of ours stays as it is: "$(" is written "$$(" for Kubernetes.
  static std::string Literal(const std::string& text) {
    std::string escaped;
    std::string_view rest = text;
    for (std::size_t at = rest.find("$("); at != std::string_view::npos; at = rest.find("$(")) {
      const bool ours = rest.substr(at).starts_with(kPodIndex);
      escaped += rest.substr(0, at);
      escaped += ours ? "$(" : "$$(";
      rest.remove_prefix(at + 2);
    }
    return escaped.append(rest);
  }

  std::vector<std::string> Words(std::size_t from, std::size_t to) const {
    std::vector<std::string> words;
    const auto& argv = Pod().argv;
    for (std::size_t i = from; i < std::min(to, argv.size()); ++i) {
      words.push_back(Literal(argv[i].text));
    }
    return words;
  }

  // The number first: a variable can name those before it alone.
  json Env() const {
    json env = json::array(
        {{{"name", kPodIndexVariable},
          {"valueFrom",
           {{"fieldRef",
             {{"fieldPath",
               "metadata.annotations['batch.kubernetes.io/job-completion-index']"}}}}}}});
    for (const Variable& variable : Pod().environment) {
      env.push_back({{"name", variable.name}, {"value", Literal(variable.value)}});
    }
    return env;
  }

  std::int64_t Gpus() const {
    if (host_ == nullptr || host_->value.machine.gpus_per_node == 0) return 0;
    return Pod().starts;
  }
  // Of devices a limit is a request, too.
  json Resources() const {
    return {{"limits", {{of_cluster_.gpu_resource, std::to_string(Gpus())}}}};
  }

  json Volumes() const {
    json volumes = json::array(
        {{{"name", kFilesVolume}, {"configMap", {{"name", FilesName()}, {"defaultMode", 0444}}}},
         {{"name", kScratchVolume}, {"emptyDir", json::object()}},
         {{"name", kSharedMemoryVolume},
          {"emptyDir", {{"medium", "Memory"}, {"sizeLimit", of_cluster_.shm_size}}}}});
    for (const auto& [claim, path] : of_cluster_.claims) {
      volumes.push_back({{"name", claim}, {"persistentVolumeClaim", {{"claimName", claim}}}});
    }
    return volumes;
  }
  json Mounts() const {
    json mounts =
        json::array({{{"name", kFilesVolume}, {"mountPath", kPodFiles}, {"readOnly", true}},
                     {{"name", kScratchVolume}, {"mountPath", kPodScratch}},
                     {{"name", kSharedMemoryVolume}, {"mountPath", "/dev/shm"}}});
    for (const auto& [claim, path] : of_cluster_.claims) {
      mounts.push_back({{"name", claim}, {"mountPath", path}});
    }
    return mounts;
  }

  // One indexed Job: pod i of it is node i. Nothing in the cluster restarts anything: whether a
  // failure is worth another attempt depends on its cause, and is decided by the launcher.
  json JobSet() const {
    json container = {{"name", kPodJob},        {"image", of_cluster_.image},
                      {"command", Words(0, 1)}, {"args", Words(1, Pod().argv.size())},
                      {"env", Env()},           {"volumeMounts", Mounts()}};
    if (Gpus() > 0) container["resources"] = Resources();
    json pod = {{"restartPolicy", "Never"},
                {"automountServiceAccountToken", false},
                {"enableServiceLinks", false},  // its variables would join the environment
                {"containers", json::array({container})},
                {"volumes", Volumes()}};
    if (!of_cluster_.service_account.empty()) {
      pod["serviceAccountName"] = of_cluster_.service_account;
    }
    const json job = {{"parallelism", Pod().copies},
                      {"completions", Pod().copies},
                      {"completionMode", "Indexed"},
                      {"backoffLimit", 0},
                      {"template", {{"metadata", {{"labels", Labels()}}}, {"spec", pod}}}};
    return {
        {"apiVersion", "jobset.x-k8s.io/v1alpha2"},
        {"kind", "JobSet"},
        {"metadata", Metadata(name_)},
        {"spec",
         {{"network", {{"enableDNSHostnames", true}, {"publishNotReadyAddresses", true}}},
          {"failurePolicy", {{"maxRestarts", 0}}},
          {"replicatedJobs",
           json::array({{{"name", kPodJob}, {"replicas", 1}, {"template", {{"spec", job}}}}})}}}};
  }

  // The runtime decides on restarts, on the Job and on what is not patched here.
  json TrainJob() const {
    json trainer = {{"image", of_cluster_.image},
                    {"command", Words(0, kMaxTrainerWords)},
                    {"env", Env()},
                    {"numNodes", Pod().copies},
                    {"numProcPerNode", Pod().starts}};
    if (Pod().argv.size() > kMaxTrainerWords) {
      // Kubernetes appends args to the command: the second half of one command line.
      trainer["args"] = Words(kMaxTrainerWords, Pod().argv.size());
    }
    if (Gpus() > 0) trainer["resourcesPerNode"] = Resources();
    json pod = {{"containers", json::array({{{"name", kPodJob}, {"volumeMounts", Mounts()}}})},
                {"volumes", Volumes()}};
    if (!of_cluster_.service_account.empty()) {
      pod["serviceAccountName"] = of_cluster_.service_account;
    }
    const json job = {{"name", kPodJob}, {"template", {{"spec", {{"template", {{"spec", pod}}}}}}}};
    const json patch = {{"manager", "nam56r.launch/contract"},
                        {"trainingRuntimeSpec",
                         {{"template", {{"spec", {{"replicatedJobs", json::array({job})}}}}}}}};
    return {{"apiVersion", "trainer.kubeflow.org/v1alpha1"},
            {"kind", "TrainJob"},
            {"metadata", Metadata(name_)},
            {"spec",
             {{"runtimeRef",
               {{"apiGroup", "trainer.kubeflow.org"},
                {"kind", "ClusterTrainingRuntime"},
                {"name", of_cluster_.runtime}}},
              {"trainer", trainer},
              {"runtimePatches", json::array({patch})}}}};
  }

  const BoundRun& run_;
  const base::Loaded<host::Host>* host_;
  host::Kubernetes of_cluster_;
  std::string name_;
  std::map<std::string, std::string> files_;
  base::Diagnostics errors_;
};

}  // namespace

base::Expected<json> Manifest(const BoundRun& run, std::string_view contract_bytes,
                              const base::Loaded<host::Host>* host) {
  return Builder(run, contract_bytes, host).Build();
}

void AddManifest(std::string_view contract_bytes, const base::Loaded<host::Host>* host,
                 BoundRun& run) {
  auto manifest = Manifest(run, contract_bytes, host);
  if (!manifest) {
    run.refused.insert(run.refused.end(), manifest.errors().begin(), manifest.errors().end());
    return;
  }
  run.files.push_back({std::string(kManifestFile), manifest->dump(2) + "\n"});
}

}  // namespace nam56r::launch
