#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/diagnostic.h"
#include "src/contract/reader.h"
#include "src/launch/probe/report.h"

/// What is not as it was when the same contract last ran well.
namespace nam56r::launch::probe {

/// A name that never counts as drift. "*" stands for one part of a dotted name; what lies below a
/// name is meant too.
struct VolatileField {
  std::string_view pattern;  ///< "gpu.device.*.memory_used_bytes"
  std::string_view why;      ///< half a sentence
};
std::span<const VolatileField> VolatileFields();
/// Null where |name| counts.
const VolatileField* FindVolatile(std::string_view name);

/// One name whose value is another.
struct DriftField {
  std::string name;                      ///< "library.nccl.version"
  std::optional<nlohmann::json> before;  ///< absent: it was not there
  std::optional<nlohmann::json> now;
  std::string accepted_by;  ///< the name that accepts it; empty: none
};

struct DriftReport {
  bool compared = false;
  std::string why;     ///< when it was not: "no good run of this contract in runs"
  std::string before;  ///< what was compared with, such as a run's id
  std::vector<DriftField> fields;
  /// Items that only one of the two reports could read, and why: "gpu: skipped before".
  std::vector<std::string> not_compared;
  /// PROBE0010 for every group of fields that nothing accepts, PROBE0011 for every name in
  /// |accepted| that stands for nothing.
  base::Diagnostics errors;
};

/// Compares two reports. |accepted| are dotted names or beginnings of them: "library.nccl" accepts
/// "library.nccl.version" and "library.nccl.digest". |name| is what |before| is called, such as a
/// run's id.
DriftReport Drift(const ProbeReport& before, const ProbeReport& now,
                  const std::vector<std::string>& accepted, const std::string& name = {});
/// The same of ToJson(ProbeReport), as a receipt keeps it; what is none is not compared with.
DriftReport Drift(const nlohmann::json& before, const ProbeReport& now,
                  const std::vector<std::string>& accepted, const std::string& name = {});

/// {"compared","why","before","fields":[{"name","before","now","accepted_by"}],"not_compared"}.
nlohmann::json ToJson(const DriftReport& drift);

/// The last run in |runs| that succeeded and has a probe: of the same contract, by its digest;
/// failing that, of a contract of the same name.
struct LastGood {
  std::string id;
  std::filesystem::path directory;
  bool same_contract = false;
  nlohmann::json probe;  ///< as it was kept: proof.json, "probe"
};
std::optional<LastGood> FindLastGood(const std::filesystem::path& runs, const std::string& digest,
                                     const std::string& name);
/// The probe that the run in |receipt| keeps; null where it keeps none.
nlohmann::json ProbeOfReceipt(const std::filesystem::path& receipt);

}  // namespace nam56r::launch::probe
