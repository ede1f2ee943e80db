#pragma once

#include "src/dialect/rules/facts.h"

/// A run counts steps or samples, and so do warmup and decay. A run that does not train is not
/// asked since 0.17.
namespace nam56r::dialect::rules {

inline bool ChecksSchedule(const Args& a) { return a.minor() < 17 || !a.On("skip_train"); }
inline bool CountsSteps(const Args& a) { return ChecksSchedule(a) && a.On("train_iters"); }
inline bool CountsSamples(const Args& a) { return ChecksSchedule(a) && a.On("train_samples"); }

}  // namespace nam56r::dialect::rules
