#pragma once

#include <string>

#include "src/launch/probe/drift.h"
#include "src/launch/probe/report.h"

namespace nam56r::report {

struct ProbeTextOptions {
  bool colour = false;
  bool all = false;  ///< every value, not only those that people look for
};

/// A screen in groups: machine, GPUs, network, storage, software; then what was skipped or failed,
/// and why.
std::string ProbeText(const launch::probe::ProbeReport& report, const ProbeTextOptions& options);

/// "- old" and "+ new" below each name, or why nothing was compared.
std::string DriftText(const launch::probe::DriftReport& drift, const ProbeTextOptions& options);

}  // namespace nam56r::report
