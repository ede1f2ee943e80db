#include "src/cli/engine_choice.h"

#include <fmt/format.h>

#include "src/base/program.h"
#include "src/launch/bind.h"
#include "src/launch/host_error.h"
#include "src/launch/kubernetes/kubernetes_engine.h"
#include "src/launch/torchrun/torchrun_engine.h"

namespace nam56r::cli {
namespace {

/// With the kubectl of this machine, which finds its cluster by this environment.
class ClusterEngine final : public launch::Engine {
 public:
  base::Expected<launch::EngineResult> Run(const std::vector<launch::RankCommand>& ranks,
                                           const launch::EngineOptions& options) override {
    launch::KubernetesEngine::Options settings;
    settings.environment = launch::ProcessEnvironment();
    return launch::KubernetesEngine(std::move(settings), runner_).Run(ranks, options);
  }

 private:
  base::SystemProgramRunner runner_;
};

}  // namespace

base::Expected<std::unique_ptr<launch::Engine>> MakeEngine(const std::string& name) {
  std::unique_ptr<launch::Engine> engine;
  if (name == "local") engine = std::make_unique<launch::LocalEngine>();
  if (name == "torchrun") engine = std::make_unique<launch::TorchrunEngine>();
  if (name == "kubernetes") engine = std::make_unique<ClusterEngine>();
  if (engine) return engine;
  base::Diagnostic error =
      launch::HostError("LAUNCH0008", fmt::format("this program starts nothing by engine {}", name),
                        "take --engine local, torchrun or kubernetes");
  error.fields = {"--engine"};
  error.valid = {"local", "torchrun", "kubernetes"};
  return error;
}

}  // namespace nam56r::cli
