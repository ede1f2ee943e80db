#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

namespace nam56r::runtime {

/// What a rank is doing at this moment, so that another thread can say so while it is blocked.
class Activity {
 public:
  using Clock = std::chrono::steady_clock;

  struct Now {
    std::int64_t step = 0;  ///< being done, from 1; 0: none yet
    std::string phase;      ///< "forward", "exchange data"
    std::string what;       ///< more about it: "all-reduce of 12 elements (ranks 0, 2)"
    Clock::time_point since;
  };

  /// Until it goes the rank is in another phase; then in the one before.
  class Scope {
   public:
    Scope(Activity* activity, std::string phase, std::string what = {}) : activity_(activity) {
      if (activity_ == nullptr) return;
      const std::lock_guard lock(activity_->mutex_);
      before_ = std::exchange(
          activity_->now_, {activity_->now_.step, std::move(phase), std::move(what), Clock::now()});
    }
    ~Scope() {
      if (activity_ == nullptr) return;
      const std::lock_guard lock(activity_->mutex_);
      before_.step = activity_->now_.step;
      before_.since = Clock::now();  // it goes on from here
      activity_->now_ = std::move(before_);
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Activity* activity_;
    Now before_;
  };

  void SetStep(std::int64_t step) {
    const std::lock_guard lock(mutex_);
    now_.step = step;
  }
  Now Get() const {
    const std::lock_guard lock(mutex_);
    return now_;
  }

 private:
  mutable std::mutex mutex_;
  Now now_{0, "start", {}, Clock::now()};
};

}  // namespace nam56r::runtime
