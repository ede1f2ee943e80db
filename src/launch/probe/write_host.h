#pragma once

#include <string>

#include "src/launch/probe/report.h"

namespace nam56r::launch::probe {

struct HostFileOptions {
  std::string name;    ///< empty: the hostname; without |paths|: "this-machine"
  bool paths = false;  ///< with the machine's own name and paths, which are private
};

/// A host file of the machine that was probed, to be read and put right by its owner: what was not
/// found is left out, what was guessed says so in a comment.
std::string HostToml(const ProbeReport& report, const HostFileOptions& options);

}  // namespace nam56r::launch::probe
