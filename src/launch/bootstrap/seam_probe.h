#pragma once

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "src/base/expected.h"
#include "src/base/program.h"
#include "src/launch/bind.h"

/// Before anything starts: whether the interpreter that a Megatron run is bound to has what the
/// seams need, asked of that interpreter with the environment that the ranks will have.
namespace nam56r::launch {

struct SeamProbeRequest {
  std::string python;
  std::string entry;                               ///< "<paths.megatron>/pretrain_hybrid.py"
  std::map<std::string, std::string> environment;  ///< of a rank, all of it
  std::vector<BoundFile> files;                    ///< BootstrapFiles()
  std::chrono::seconds limit{300};                 ///< importing it all may compile things
};

/// What |run| is about to execute. Error: LAUNCH0403, it has no bootstrap.
base::Expected<SeamProbeRequest> SeamProbeOf(const BoundRun& run);

struct SeamProbeReport {
  /// Errors refuse the run; each names the seams in |fields|. SEAM0101 a module is missing,
  /// SEAM0102 an attribute, SEAM0103 another copy of a package wins (a warning where only both are
  /// there), SEAM0104 an import raised or crashed, SEAM0105 one took too long, SEAM0106 the
  /// environment, or what was imported before, SEAM0107 another release of Megatron, LAUNCH0403 no
  /// answer.
  base::Diagnostics findings;
  /// {"format","complete","python","packages":[...],"imports":[...],"checks":[...],"not_tested":
  /// [...],"stderr":[...]}; what was found out until a crash or the limit is there too. Secrets are
  /// not.
  nlohmann::json document;

  bool Passed() const;
};

/// What needs no import is told first; then each module is imported by itself and announced, so
/// that a crash or a hang has a name. Writes the bootstrap into a private folder that goes with it.
SeamProbeReport ProbeSeams(const SeamProbeRequest& request, base::ProgramRunner& runner);

}  // namespace nam56r::launch
