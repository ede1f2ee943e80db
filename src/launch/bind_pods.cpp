#include <fmt/format.h>

#include <utility>

#include "src/launch/binding.h"
#include "src/launch/host_error.h"
#include "src/launch/pods.h"

namespace nam56r::launch::internal {

base::Expected<BoundRun> BindPods(const contract::ReadContract& contract, const HostView& host,
                                  const BindOptions& options) {
  using base::Surface;
  BoundRun run;
  const std::string& dataset = contract.policy.data.dataset;
  const auto stated = [&](const std::string& key, const std::string& value, const char* code) {
    if (!value.empty()) return value;
    base::Diagnostic error =
        HostError(code, fmt::format("the host does not say {}", key),
                  fmt::format("set {} in the host file, as the container has it", key));
    error.fields = {key};
    run.refused.push_back(std::move(error));
    return fmt::format("<host {}>", key);
  };
  const auto bound = host->datasets.find(dataset);
  const std::string prefix = stated(
      "datasets." + dataset, bound == host->datasets.end() ? "" : bound->second, "LAUNCH0004");

  BoundRank pod;
  pod.copies = contract.policy.layout.world_size;
  pod.argv = {
      {stated("paths.worker", host->paths.worker, "LAUNCH0001"), Surface::kHost,
       host.From("paths.worker")},
      {"--contract", Surface::kHost, "launch"},
      {fmt::format("{}/contract.json", kPodFiles), Surface::kHost, "launch, of the ConfigMap"},
      {"--dataset", Surface::kPolicy, "policy data.dataset = " + dataset},
      {prefix, Surface::kHost, host.From("datasets." + dataset)},
  };

  EnvironmentBuilder environment;
  AddBasics(environment);
  const std::string world = std::to_string(contract.policy.layout.world_size);
  const std::string threads = std::to_string(host->machine.threads_per_rank);
  environment.AddHost("RANK", std::string(kPodIndex), "launch, the pod's number");
  environment.AddHost("LOCAL_RANK", "0", "launch, one rank a pod");
  environment.AddHost("LOCAL_WORLD_SIZE", "1", "launch, one rank a pod");
  environment.Add("WORLD_SIZE", world, Surface::kPolicy, "policy layout.world_size");
  environment.AddHost("MASTER_ADDR", FirstPodAddress(PodSetName(options.receipt_directory)),
                      "launch, the first pod");
  const std::int64_t port = host->network.master_port;
  environment.AddHost("MASTER_PORT", std::to_string(port == 0 ? kPodPort : port),
                      host.From("network.master_port"));
  // The loopback reaches no other pod; without a name Gloo takes the interface of the host's name.
  if (host->network.interface != "lo") {
    environment.AddHost("GLOO_SOCKET_IFNAME", host->network.interface,
                        host.From("network.interface"));
  }
  environment.AddHost("OMP_NUM_THREADS", threads, host.From("machine.threads_per_rank"));
  environment.AddHost("OPENBLAS_NUM_THREADS", threads, host.From("machine.threads_per_rank"));
  AddLibraries(host, environment);
  AddPolicy(PolicyLeaves(contract.document), environment);
  if (!environment.errors().empty()) return environment.errors();
  pod.environment = environment.Sorted();
  run.ranks.push_back(std::move(pod));
  run.host = base::ToJson(*host, host::Schema());
  return run;
}

}  // namespace nam56r::launch::internal
