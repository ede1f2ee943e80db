#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "src/launch/engine.h"

namespace nam56r::launch {

/// What ranks have reported so far, as one line. Does no input or output; time comes from the
/// caller. Missing fields are left out of the line, losses that are not numbers show as "nan".
///
///     Progress progress({.total_steps = 300});
///     options.on_event = [&](const RankEvent& e) {
///       if (progress.Feed(e, seconds_since_start)) Redraw(progress.Line());
///     };
///
/// Events that count: "step" and "validation" of docs/events.md. A step is counted once, whoever
/// reports it.
class Progress {
 public:
  struct Options {
    std::int64_t total_steps = 0;      ///< 0: not known; no "left" then
    std::int64_t tokens_per_step = 0;  ///< when events do not say
    std::int64_t plain_every = 10;     ///< steps between lines of PlainLine()
  };

  explicit Progress(const Options& options);

  /// True when Line() may have changed. |seconds| since the run's start; never goes back.
  bool Feed(const RankEvent& event, double seconds);

  /// "step 120/300  loss 2.612  mtp 2.903  tokens/s 41.2 k  left 1 min 03 s"; before the first
  /// step, "starting". The rate is an exponential mean over about ten steps.
  std::string Line() const;

  /// For logs: the line of the last step when it is the first, the last or one of every
  /// |plain_every|; each once. "validation" is always told.
  std::optional<std::string> PlainLine();

  std::int64_t step() const { return step_; }
  std::optional<double> loss() const { return loss_; }
  std::optional<double> tokens_per_second() const { return tokens_per_second_; }
  std::optional<double> seconds_left() const;

 private:
  bool FeedStep(const nlohmann::json& event, double seconds);

  Options options_;
  std::int64_t step_ = 0;
  std::int64_t steps_seen_ = 0;
  double step_at_ = 0;  ///< seconds, of step_
  std::optional<double> loss_;
  std::optional<double> mtp_loss_;
  std::optional<double> validation_loss_;
  std::optional<double> seconds_per_step_;
  std::optional<double> tokens_per_second_;
  std::optional<std::string> pending_validation_;
  std::int64_t told_step_ = 0;
  bool told_any_ = false;
};

}  // namespace nam56r::launch
