#include "src/launch/probe/prove.h"

#include <algorithm>

#include "src/base/render.h"
#include "src/launch/probe/compare.h"

namespace nam56r::launch::probe {
namespace {

DriftReport DriftOf(const ProbeRequest& request, const ProbeReport& report,
                    const std::vector<std::string>& accepted,
                    const std::filesystem::path& against) {
  if (!against.empty()) {
    return Drift(ProbeOfReceipt(against), report, accepted,
                 std::filesystem::absolute(against).lexically_normal().filename().string());
  }
  if (request.contract != nullptr) {
    const contract::ReadContract& contract = *request.contract;
    if (const auto good = FindLastGood(request.runs, contract.digest, contract.policy.run.name)) {
      return Drift(good->probe, report, accepted, good->id);
    }
  }
  // Names are held against what is here all the same: a misspelt one must not wait to be noticed.
  DriftReport drift = Drift(nlohmann::json(), report, accepted);
  drift.why = request.contract == nullptr
                  ? "neither a contract nor a run was given"
                  : "no good run of this contract with a probe in " + request.runs.string();
  return drift;
}

}  // namespace

bool HostProof::refused() const {
  return std::any_of(findings.begin(), findings.end(), [](const base::Diagnostic& finding) {
    return finding.severity == base::Severity::kError;
  });
}

HostProof ProveHost(const ProbeRequest& request, const std::vector<std::string>& accepted,
                    const std::filesystem::path& against) {
  HostProof proof;
  proof.report = Probe(request);
  proof.drift = DriftOf(request, proof.report, accepted, against);
  proof.findings = Compare(proof.report, request.host, request.contract);
  proof.findings.insert(proof.findings.end(), proof.drift.errors.begin(), proof.drift.errors.end());
  return proof;
}

nlohmann::json ToJson(const HostProof& proof) {
  nlohmann::json findings = nlohmann::json::array();
  for (const base::Diagnostic& finding : proof.findings) findings.push_back(base::ToJson(finding));
  return {{"probe", ToJson(proof.report)},
          {"drift", ToJson(proof.drift)},
          {"findings", std::move(findings)}};
}

}  // namespace nam56r::launch::probe
