#pragma once

#include "src/base/program.h"
#include "src/launch/run.h"

namespace nam56r::launch {

/// Joins the seams of Megatron runs to what |options| already do; native contracts pass by.
///
///   prove        asks the interpreter (seam_probe.h) before what was there, and refuses with all
///                its errors; the answer gets "seam_probe"
///   on_event     feeds the proofs (seam_proofs.h); stop_wanted ends a run that lacks one
///   attribute    answers for a run that a seam, or the bootstrap, ended
///   record       writes seam_proofs.json into the receipt: one object an attempt
///
/// |options| are used by one run at a time; |runner| must outlive them.
void WithSeams(RunOptions& options, base::ProgramRunner& runner);

}  // namespace nam56r::launch
