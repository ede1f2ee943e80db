#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "src/base/expected.h"
#include "src/base/program.h"
#include "src/launch/engine.h"

namespace nam56r::launch {

/// What the newest answer of the cluster says of a JobSet or TrainJob.
struct ClusterState {
  enum class Phase { kWaiting, kRunning, kSuspended, kCompleted, kFailed };
  Phase phase = Phase::kWaiting;
  std::string why;  ///< reason and message of the condition
};

/// Of the object as `kubectl get -o json` has it. A JobSet's conditions are Completed, Failed and
/// Suspended, a TrainJob's Complete, Failed and Suspended (kubernetes-sigs/jobset,
/// api/jobset/v1alpha2/jobset_types.go; kubeflow/trainer, pkg/apis/trainer/v1alpha1).
ClusterState ReadClusterState(const nlohmann::json& object);

/// Runs a manifest: applies it, follows its conditions, collects what the pods wrote when it has
/// ended, and removes it unless it failed. The launcher only watches: if it is killed, the run goes
/// on in the cluster, and `kubectl delete -f RECEIPT/manifest.json` ends it.
///
/// Errors: LAUNCH0001 kubectl is not there; LAUNCH0514 the cluster does not take the manifest.
/// Everything later is a result.
class KubernetesEngine final : public Engine {
 public:
  struct Options {
    std::string kubectl = "kubectl";
    std::map<std::string, std::string> environment;  ///< for kubectl: KUBECONFIG, HOME, PATH, ...
    std::chrono::milliseconds poll{2000};
    /// How often in a row the cluster may give no answer before the run is given up.
    int patience = 30;
  };
  /// |runner| must outlive it.
  KubernetesEngine(Options options, base::ProgramRunner& runner)
      : options_(std::move(options)), runner_(runner) {}

  /// |pods|: one command that stands for all (BoundRank::copies); manifest.json lies in the
  /// receipt, beside "logs".
  base::Expected<EngineResult> Run(const std::vector<RankCommand>& pods,
                                   const EngineOptions& options) override;

 private:
  Options options_;
  base::ProgramRunner& runner_;
};

}  // namespace nam56r::launch
