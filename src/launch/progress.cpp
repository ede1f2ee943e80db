#include "src/launch/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "src/base/units.h"
#include "src/launch/event_number.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;

std::string LossText(double loss) {
  if (std::isnan(loss)) return "nan";
  if (std::isinf(loss)) return loss < 0 ? "-inf" : "inf";
  return std::abs(loss) < 1e6 ? fmt::format("{:.3f}", loss) : fmt::format("{:.3g}", loss);
}

std::string RateText(double rate) {
  if (rate < 1000) return fmt::format("{:.3g}", rate);
  return base::HumanCount(static_cast<std::int64_t>(std::min(rate, 1e18)));
}

// An exponential mean over about ten steps; |steps| of them are new.
void Blend(std::optional<double>& mean, double value, double steps) {
  constexpr double kOlder = 0.8;
  const double older = std::pow(kOlder, steps);
  mean = mean ? older * *mean + (1 - older) * value : value;
}

}  // namespace

Progress::Progress(const Options& options) : options_(options) {}

bool Progress::Feed(const RankEvent& event, double seconds) {
  const std::string name = EventKind(event.event);
  if (name == "step") return FeedStep(event.event, seconds);
  if (name != "validation") return false;
  const auto loss = EventNumber(event.event, "loss");
  if (!loss) return false;
  validation_loss_ = loss;
  const double step = FiniteEventNumber(event.event, "step").value_or(static_cast<double>(step_));
  pending_validation_ = fmt::format("step {:.0f}  validation loss {}", step, LossText(*loss));
  return true;
}

bool Progress::FeedStep(const json& event, double seconds) {
  const auto reported = FiniteEventNumber(event, "step");
  if (!reported || *reported < 0 || *reported > 1e15) return false;
  const auto step = static_cast<std::int64_t>(*reported);
  if (step < step_) return false;
  const auto loss = EventNumber(event, "loss");
  const auto mtp_loss = EventNumber(event, "mtp_loss");
  if (loss) loss_ = loss;
  if (mtp_loss) mtp_loss_ = mtp_loss;
  if (step == step_) return loss || mtp_loss;  // another rank tells the same step

  // What the worker measured leaves validation out; otherwise the time between two events, of which
  // the first also pays for starting up and says nothing about the others.
  std::optional<double> elapsed = FiniteEventNumber(event, "seconds");
  if (!elapsed && steps_seen_ > 0) elapsed = seconds - step_at_;
  if (elapsed && *elapsed > 0) {
    const auto steps = static_cast<double>(step - step_);
    const double tokens = FiniteEventNumber(event, "tokens")
                              .value_or(static_cast<double>(options_.tokens_per_step) * steps);
    Blend(seconds_per_step_, *elapsed / steps, steps);
    if (tokens > 0) Blend(tokens_per_second_, tokens / *elapsed, steps);
  }
  ++steps_seen_;
  step_ = step;
  step_at_ = seconds;
  return true;
}

std::optional<double> Progress::seconds_left() const {
  if (options_.total_steps <= 0 || !seconds_per_step_) return std::nullopt;
  return static_cast<double>(std::max<std::int64_t>(options_.total_steps - step_, 0)) *
         *seconds_per_step_;
}

std::string Progress::Line() const {
  if (steps_seen_ == 0) return "starting";
  std::string line = options_.total_steps > 0
                         ? fmt::format("step {}/{}", step_, options_.total_steps)
                         : fmt::format("step {}", step_);
  if (loss_) line += fmt::format("  loss {}", LossText(*loss_));
  if (mtp_loss_) line += fmt::format("  mtp {}", LossText(*mtp_loss_));
  if (tokens_per_second_) line += fmt::format("  tokens/s {}", RateText(*tokens_per_second_));
  if (const auto left = seconds_left(); left && step_ < options_.total_steps) {
    line += fmt::format("  left {}", base::HumanSeconds(*left));
  }
  if (validation_loss_) line += fmt::format("  validation {}", LossText(*validation_loss_));
  return line;
}

std::optional<std::string> Progress::PlainLine() {
  if (pending_validation_) return std::exchange(pending_validation_, std::nullopt);
  if (steps_seen_ == 0 || (told_any_ && step_ == told_step_)) return std::nullopt;
  const std::int64_t every = std::max<std::int64_t>(options_.plain_every, 1);
  const bool due =
      !told_any_ || step_ == options_.total_steps || step_ / every != told_step_ / every;
  if (!due) return std::nullopt;
  told_any_ = true;
  told_step_ = step_;
  return Line();
}

}  // namespace nam56r::launch
