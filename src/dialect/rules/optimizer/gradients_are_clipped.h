#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGradientsAreClipped = {
    .code = "POLICY2024",
    .title = "Gradients that are not clipped",
    .dests = {"clip_grad"},
    .refuses = [](const Args& a, const Args&) { return a.Number("clip_grad", 1) <= 0; },
    .why = "takes steps of any size when {clip_grad} is 0",
    .fix = "set {clip_grad} to 1",
    .valid = "above 0",
    .source = "optimizer.py:MixedPrecisionOptimizer.step",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .fails = "--clip-grad 0.0",
    .passes = "--clip-grad 1.0",
};

}  // namespace nam56r::dialect::rules
