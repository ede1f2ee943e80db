#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/phases.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPhasesAreSteps = {
    .code = "POLICY1160",
    .title = "Phases that begin at no step",
    .dests = {"phase_transition_iterations"},
    .refuses = [](const Args& a,
                  const Args&) { return !ArePhases(a.Text("phase_transition_iterations")); },
    .why = "reads the beginnings of phases as whole numbers between commas",
    .fix = "write whole numbers between commas",
    .valid = "whole numbers between commas",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--phase-transition-iterations soon",
    .passes = "--phase-transition-iterations 5,10",
};

}  // namespace nam56r::dialect::rules
