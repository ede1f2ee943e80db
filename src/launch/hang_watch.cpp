#include "src/launch/hang_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>

#include "src/launch/rank_names.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using Clock = HangWatch::Clock;

constexpr std::size_t kMaxName = 100;  // of a phase, of what is done in it, or of an event's kind
constexpr double kMaxLimit = 1e9;      // seconds; what a clock can add

double Seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

double Bounded(double seconds) {
  return std::isfinite(seconds) ? std::clamp(seconds, 0.0, kMaxLimit) : 0.0;
}

bool Waits(const std::string& phase) { return phase.starts_with("exchange"); }

std::string StateText(char state) {
  switch (state) {
    case 'T':
      return " (stopped by a signal)";
    case 't':
      return " (stopped by a debugger)";
    case 'D':
      return " (waits for a disk or a network file system)";
    default:
      return "";
  }
}

bool StoppedOutside(char state) { return state == 'T' || state == 't' || state == 'D'; }

// "step 12, exchange tp (all_reduce of 4 MiB)", as far as it is known.
std::string PlaceText(std::int64_t step, const std::string& phase, const std::string& what) {
  std::string text = step >= 0 ? fmt::format("step {}", step) : "";
  if (!phase.empty()) text += text.empty() ? phase : ", " + phase;
  if (!what.empty()) text += fmt::format(" ({})", what);
  return text.empty() ? "before its first event" : text;
}

// The same text is said once, for all ranks that it is true of.
class Clauses {
 public:
  void Add(const std::string& text, std::int64_t rank) {
    const auto [at, added] = places_.try_emplace(text, clauses_.size());
    if (added) clauses_.push_back({text, {}});
    clauses_[at->second].second.push_back(rank);
  }
  std::string Text() const {
    std::string text;
    for (const auto& [clause, ranks] : clauses_) {
      text += fmt::format("{}{} {}", text.empty() ? "" : "; ", RankNames(ranks), clause);
    }
    return text;
  }

 private:
  std::map<std::string, std::size_t> places_;
  std::vector<std::pair<std::string, std::vector<std::int64_t>>> clauses_;
};

std::string Name(const json& event, const char* key) {
  const auto value = event.find(key);
  if (value == event.end() || !value->is_string()) return {};
  return value->get_ref<const std::string&>().substr(0, kMaxName);
}

}  // namespace

std::optional<std::int64_t> StepOfLine(std::string_view line) {
  constexpr std::string_view kWord = "iteration";
  const std::size_t at = line.find(kWord);
  if (at == std::string_view::npos) return std::nullopt;
  const auto skip_blanks = [&] {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  };
  line.remove_prefix(at + kWord.size());
  skip_blanks();
  std::int64_t step = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), step);
  if (error != std::errc() || step < 0) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  skip_blanks();
  if (!line.starts_with('/')) return std::nullopt;
  return step;
}

HangWatch::HangWatch(const HangLimits& limits, const std::vector<std::int64_t>& ranks)
    : limits_{Bounded(limits.heartbeat_seconds), Bounded(limits.log_seconds),
              std::max(1.0, Bounded(limits.before_first_step))} {
  for (const std::int64_t rank : ranks) {
    Seen seen;
    seen.rank = rank;
    ranks_.push_back(std::move(seen));
  }
}

void HangWatch::OnStart(std::size_t index, Clock::time_point now) {
  Seen& seen = ranks_[index];
  seen.running = true;
  seen.heard = seen.changed = seen.began = now;
}

void HangWatch::OnEnd(std::size_t index, Clock::time_point now) {
  ranks_[index].running = false;
  ranks_[index].ended = now;
}

void HangWatch::OnOutput(std::size_t index, Clock::time_point now) { ranks_[index].heard = now; }

void HangWatch::OnLine(std::size_t index, std::string_view line) {
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
  Seen& seen = ranks_[index];
  seen.last_line = line.substr(0, RankOutcome::kMaxLastLine);
  if (const auto step = StepOfLine(line)) {
    seen.step = *step;
    stepped_ = stepped_ || *step > 0;
  }
}

void HangWatch::OnEvent(std::size_t index, const json& event, Clock::time_point now) {
  Seen& seen = ranks_[index];
  seen.heard = now;
  const std::string kind = Name(event, "event");
  std::int64_t step = seen.step;
  if (const auto at = event.find("step"); at != event.end() && at->is_number_integer()) {
    step = at->get<std::int64_t>();
  }
  if (kind != "heartbeat") {
    seen.last_event = kind;
    seen.step = step;
    seen.changed = now;
    stepped_ = stepped_ || (kind == "step" && step > 0);
    return;
  }
  heartbeats_ = seen.heartbeats = true;
  std::string phase = Name(event, "phase");
  // The same phase, entered again between two heartbeats, is a change: it began later. Half a
  // second and more is not what a line takes on its way here.
  constexpr milliseconds kLater{500};
  Clock::time_point began = seen.began;
  if (const auto at = event.find("seconds"); at != event.end() && at->is_number()) {
    began = now - std::chrono::duration_cast<Clock::duration>(
                      std::chrono::duration<double>(Bounded(at->get<double>())));
  }
  if (phase != seen.phase || step != seen.step || began > seen.began + kLater) {
    seen.changed = now;
    seen.began = began;
  }
  seen.phase = std::move(phase);
  seen.what = Name(event, "what");
  seen.step = step;
  stepped_ = stepped_ || step > 1;  // the first is done when the second is worked on
}

void HangWatch::SkipLauncherSleep(Clock::time_point now) {
  constexpr std::chrono::seconds kTooLong{10};
  if (checked_ && now - *checked_ > kTooLong) {
    for (Seen& seen : ranks_) {
      seen.heard += std::min(now - *checked_, now - seen.heard);
      seen.changed += std::min(now - *checked_, now - seen.changed);
    }
  }
  checked_ = now;
}

std::optional<HangWatch::Hang> HangWatch::Check(Clock::time_point now, const StateOf& state) {
  SkipLauncherSleep(now);
  const double factor = stepped_ ? 1.0 : limits_.before_first_step;
  if (heartbeats_) {
    if (limits_.heartbeat_seconds <= 0) return std::nullopt;
    return CheckHeartbeats(now, limits_.heartbeat_seconds * factor, state);
  }
  if (limits_.log_seconds <= 0) return std::nullopt;
  return CheckLogs(now, limits_.log_seconds * factor, state);
}

std::optional<milliseconds> HangWatch::Interval() const {
  const double limit = heartbeats_ ? limits_.heartbeat_seconds : limits_.log_seconds;
  if (limit <= 0) return std::nullopt;
  constexpr double kOften = 4;
  return milliseconds(static_cast<std::int64_t>(std::clamp(limit / kOften * 1000, 1.0, 1000.0)));
}

std::optional<HangWatch::Hang> HangWatch::CheckHeartbeats(Clock::time_point now, double limit,
                                                          const StateOf& state) const {
  const auto since = [&](Clock::time_point at) { return Seconds(now - at); };
  const bool hangs = std::any_of(ranks_.begin(), ranks_.end(), [&](const Seen& seen) {
    return seen.running && (since(seen.heard) >= limit || since(seen.changed) >= limit);
  });
  if (!hangs) return std::nullopt;

  // One rank has reached the limit; the others are near it, or would still be at work. Who was
  // silent for half of it has no thread that runs; the rest say themselves where they are.
  Clauses stopped;
  Clauses waiting;
  Hang hang;
  for (std::size_t i = 0; i < ranks_.size(); ++i) {
    const Seen& seen = ranks_[i];
    if (!seen.running) continue;
    const std::string place = PlaceText(seen.step, seen.phase, seen.what);
    const bool silent = since(seen.heard) >= limit / 2;
    const bool same = since(seen.changed) >= limit / 2;
    if (silent) {
      stopped.Add(fmt::format("gave no sign of life for {:.3g} s{}, last seen in {}",
                              since(seen.heard), StateText(state(i)), place),
                  seen.rank);
    } else if (same && !Waits(seen.phase)) {
      stopped.Add(fmt::format("got no further for {:.3g} s{}: {}", since(seen.changed),
                              StateText(state(i)), place),
                  seen.rank);
    } else {
      if (same) waiting.Add("waited in " + place, seen.rank);
      continue;
    }
    hang.ranks.push_back(seen.rank);
  }
  if (hang.ranks.empty()) {
    // All wait, and not for the same thing. Those of the earliest step hold the others up.
    std::int64_t earliest = -1;
    for (const Seen& seen : ranks_) {
      if (!seen.running || since(seen.changed) < limit / 2) continue;
      if (hang.ranks.empty() || seen.step < earliest) {
        earliest = seen.step;
        hang.ranks.clear();
      }
      if (seen.step == earliest) hang.ranks.push_back(seen.rank);
    }
    hang.reason = fmt::format("no rank got further for {:.3g} s: {}", limit, waiting.Text());
    return hang;
  }
  hang.reason = stopped.Text();
  if (const std::string others = waiting.Text(); !others.empty()) hang.reason += "; " + others;
  return hang;
}

std::optional<HangWatch::Hang> HangWatch::CheckLogs(Clock::time_point now, double limit,
                                                    const StateOf& state) const {
  const Seen* latest = nullptr;
  for (const Seen& seen : ranks_) {
    if (latest == nullptr || seen.heard > latest->heard) latest = &seen;
  }
  if (latest == nullptr || Seconds(now - latest->heard) < limit) return std::nullopt;
  Hang hang;
  Clauses stopped;
  std::vector<std::int64_t> running;
  for (std::size_t i = 0; i < ranks_.size(); ++i) {
    if (!ranks_[i].running) continue;
    running.push_back(ranks_[i].rank);
    const char letter = state(i);
    if (!StoppedOutside(letter)) continue;
    hang.ranks.push_back(ranks_[i].rank);
    stopped.Add("did not run" + StateText(letter), ranks_[i].rank);
  }
  if (running.empty()) return std::nullopt;
  hang.reason = fmt::format("{} wrote nothing for {:.3g} s", RankNames(running),
                            Seconds(now - latest->heard));
  if (hang.ranks.empty()) {
    hang.ranks = running;
  } else {
    hang.reason += "; " + stopped.Text();
  }
  if (!latest->last_line.empty()) {
    hang.reason += fmt::format("; the last line came from rank {}", latest->rank);
    if (latest->step >= 0) hang.reason += fmt::format(", step {}", latest->step);
  }
  return hang;
}

void HangWatch::Describe(std::size_t index, Clock::time_point until, RankOutcome& outcome) const {
  const Seen& seen = ranks_[index];
  outcome.last_event = seen.last_event;
  outcome.phase = seen.phase;
  outcome.step = seen.step;
  outcome.last_line = seen.last_line;
  if (!outcome.started) return;
  const Clock::time_point end = seen.ended ? std::min(*seen.ended, until) : until;
  outcome.silent_seconds = std::max(0.0, Seconds(end - seen.heard));
}

}  // namespace nam56r::launch
