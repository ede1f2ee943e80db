#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "src/base/expected.h"
#include "src/base/schema.h"
#include "src/host/host.h"
#include "src/launch/bind.h"

namespace nam56r::launch {

inline constexpr std::string_view kManifestFile = "manifest.json";

/// A run as Kubernetes takes it: a List of a ConfigMap with the contract (and the bootstrap), and a
/// JobSet or a Kubeflow TrainJob, as [kubernetes] of the host says. No shell runs in the pods: the
/// command is an array of words, and a pod learns its number from the variable
/// JOB_COMPLETION_INDEX, which Kubernetes puts into words and variables itself.
///
/// |run| was bound with engine kubernetes. Errors, surface host unless said otherwise:
///   LAUNCH0510 the host does not say the image, or says what Kubernetes does not take
///   LAUNCH0511 the files are more than a ConfigMap holds (1 MiB)
///   LAUNCH0512 (policy) a secret would lie readable in the cluster
///   LAUNCH0513 more words than a TrainJob takes (256)
base::Expected<nlohmann::json> Manifest(const BoundRun& run, std::string_view contract_bytes,
                                        const base::Loaded<host::Host>* host);

/// Puts Manifest() into |run| as a file of the receipt. What it refuses goes into |run|.refused.
void AddManifest(std::string_view contract_bytes, const base::Loaded<host::Host>* host,
                 BoundRun& run);

}  // namespace nam56r::launch
