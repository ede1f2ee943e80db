#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "src/launch/probe/drift.h"
#include "src/launch/probe/probe.h"

namespace nam56r::launch::probe {

/// What is known of the host before a run, all at once.
struct HostProof {
  ProbeReport report;
  DriftReport drift;
  base::Diagnostics findings;  ///< of Compare, then of Drift; an error among them refuses the run

  bool refused() const;
};

/// Probes, compares with the bound host and the contract, and with the last good run in
/// |request.runs| (or in |against|, a receipt's directory). Never fails.
HostProof ProveHost(const ProbeRequest& request, const std::vector<std::string>& accepted,
                    const std::filesystem::path& against = {});

/// {"probe","drift","findings"}: what proof.json of a receipt keeps of it.
nlohmann::json ToJson(const HostProof& proof);

}  // namespace nam56r::launch::probe
