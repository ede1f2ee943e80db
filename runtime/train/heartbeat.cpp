#include "runtime/train/heartbeat.h"

#include <signal.h>

#include <nlohmann/json.hpp>

namespace nam56r::runtime {

Heartbeat::Heartbeat(EventWriter& events, const Activity& activity, std::int64_t rank,
                     std::chrono::milliseconds interval)
    : events_(events), activity_(activity), rank_(rank), interval_(interval) {
  // Signals are for the thread that trains.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { Run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Heartbeat::~Heartbeat() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_one();
  thread_.join();
}

void Heartbeat::Beat() {
  const Activity::Now now = activity_.Get();
  nlohmann::ordered_json event = {
      {"event", "heartbeat"},
      {"rank", rank_},
      {"step", now.step},
      {"phase", now.phase},
      {"seconds", std::chrono::duration<double>(Activity::Clock::now() - now.since).count()}};
  if (!now.what.empty()) event["what"] = now.what;
  events_.Write(event);
}

void Heartbeat::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    Beat();
    stop_.wait_for(lock, interval_, [this] { return stopping_; });
  }
}

}  // namespace nam56r::runtime
