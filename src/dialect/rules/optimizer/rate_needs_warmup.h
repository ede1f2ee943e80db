#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr double kLeastWarmup = 100;

inline double WarmupSteps(const Args& a) {
  const bool by_samples = a.On("train_samples");
  const double batch = by_samples ? std::max(1.0, a.Number("global_batch_size", 1)) : 1;
  const auto steps = [&](const char* iters, const char* samples) {
    return a.Number(by_samples ? samples : iters) / batch;
  };
  if (a.IsNull("lr_warmup_fraction")) return steps("lr_warmup_iters", "lr_warmup_samples");
  const bool told = !a.IsNull(by_samples ? "lr_decay_samples" : "lr_decay_iters");
  const double decay =
      told ? steps("lr_decay_iters", "lr_decay_samples") : steps("train_iters", "train_samples");
  return a.Number("lr_warmup_fraction") * std::max(decay, kLeastWarmup);
}

inline constexpr ArgumentRule kRateNeedsWarmup = {
    .code = "POLICY2022",
    .title = "High learning rate of a hybrid model without warmup",
    .dests = {"lr_warmup_iters", "lr", "hybrid_layer_pattern", "hybrid_override_pattern"},
    .refuses =
        [](const Args& a, const Args&) {
          return !LayerPattern(a).empty() && a.Is("optimizer", "adam") && a.Number("lr") >= 3e-5 &&
                 a.Int("hidden_size") >= 1024 && WarmupSteps(a) < kLeastWarmup &&
                 !a.On("skip_train") && a.IsNull("load");
        },
    .why =
        "diverges: recorded runs of this family, 3584 wide, at 3e-5 without warmup, and at 1e-4 "
        "with fewer "
        "than 100 steps of it, went to infinity within 15",
    .fix = "warm up over 100 steps, or lower {lr} below 3e-5",
    .valid = "100 and more",
    .source = "runs lr-3e-5, lr-1e-4-wu10, cgmx-none-1e-4, cgmx-moe-1e-4",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .fails = "--lr 1e-4 --min-lr 1e-5",
    .passes = "--lr 1e-4 --min-lr 1e-5 --train-iters 1000 --lr-warmup-iters 100",
};

}  // namespace nam56r::dialect::rules
