#pragma once

#include <string>

#include "src/check/finding.h"
#include "src/check/second_opinion.h"

namespace nam56r::report {

struct CheckTextOptions {
  std::string subject;  ///< what was checked: "run.json", "args.txt"
  std::string dialect;  ///< "megatron@0.19"; may be empty
  bool colour = false;
  bool all = false;  ///< every value that the backend changes, not only those that were given
};

/// A check for people: each finding as rustc shows an error, with when the run would end and where
/// that stands; then what the backend changes, what contradicts the operator first; and a line that
/// sums up. |opinion| may be null.
std::string CheckText(const check::Result& result, const check::Opinion* opinion,
                      const CheckTextOptions& options);

}  // namespace nam56r::report
