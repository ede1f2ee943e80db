#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "src/check/finding.h"
#include "src/dialect/effective_args.h"

/// What a checkout of Megatron itself says to a command line.
namespace nam56r::check {

struct AskOptions {
  std::string directory;  ///< the checkout: holds megatron/training/arguments.py
  std::string python = "python3";
  std::chrono::seconds timeout{120};
};

struct Opinion {
  bool asked = false;   ///< it gave a verdict
  std::string why_not;  ///< unless |asked|
  bool refused = false;
  std::string stage;                    ///< where it stopped: "parse", "validate", "build"
  std::string error;                    ///< what it said then
  std::string version;                  ///< "megatron-core 0.19.0"
  std::vector<std::string> overridden;  ///< dests that were given and have another value now
  std::vector<std::string> stubbed;     ///< packages that a stand-in stood in for: "torch"
};

/// Runs the validators of the checkout (parse_args, validate_args, and the configuration) on |argv|
/// in a Python process with a time limit, a memory limit, a private directory to run in and nothing
/// on its standard input. Where PyTorch or another package is missing something stands in for it,
/// as far as validation needs; an answer that depends on more is no answer. Everything that goes
/// wrong is a reason in |why_not|. SIGTERM, SIGINT and SIGHUP are held back from this thread until
/// Python and its directory are gone; one that comes ends the question.
Opinion Ask(const AskOptions& options, std::span<const std::string> argv,
            const dialect::Surroundings& surroundings);

/// POLICY0955, a warning, for each thing in which |opinion| and |result| do not agree: the verdict,
/// and the values that were given and do not hold. A refusal for a reason of stage build or run is
/// none where it accepts: its validators do not look that far. Nothing if it was not asked. A
/// checkout of another release than |dialect| is told of.
base::Diagnostics Disagreements(const Opinion& opinion, const Result& result,
                                std::string_view dialect);

}  // namespace nam56r::check
