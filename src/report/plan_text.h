#pragma once

#include <string>

#include "src/plan/plan.h"

namespace nam56r::report {

/// The layers as one strip, a letter a layer, with a bar at every stage cut:
/// "AEMEAEMEAEMRA EMEAEMEAEMRAE" becomes "0 AEMEAEMEAEMRA | 1 EMEAEMEAEMRAE" (stage before chunk).
std::string LayoutStrip(const plan::Plan& plan);

/// A plan as a person reads it: strip, slots, modules around them, stages, totals.
/// |depth_note| says where the MTP depth came from.
std::string PlanText(const plan::Plan& plan, const std::string& name,
                     const std::string& depth_note);

}  // namespace nam56r::report
