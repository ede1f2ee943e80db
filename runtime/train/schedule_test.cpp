#include "runtime/train/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace nam56r::runtime {
namespace {

template <class F>
void ForEveryPipeline(F f) {
  for (std::int64_t stages = 1; stages <= 6; ++stages) {
    for (std::int64_t micro_batches = 1; micro_batches <= 12; ++micro_batches) {
      f(stages, micro_batches);
    }
  }
}

TEST(OneForwardOneBackward, IsWhatThePaperDraws) {
  const Action f0{Pass::kForward, 0}, f1{Pass::kForward, 1}, f2{Pass::kForward, 2};
  const Action b0{Pass::kBackward, 0}, b1{Pass::kBackward, 1}, b2{Pass::kBackward, 2};
  EXPECT_EQ(OneForwardOneBackward(0, 2, 3), (std::vector{f0, f1, b0, f2, b1, b2}));
  EXPECT_EQ(OneForwardOneBackward(1, 2, 3), (std::vector{f0, b0, f1, b1, f2, b2}));
  EXPECT_EQ(OneForwardOneBackward(0, 4, 2), (std::vector{f0, f1, b0, b1}));
}

TEST(OneForwardOneBackward, EveryMicroBatchPassesOnceEachWayForwardFirst) {
  ForEveryPipeline([](std::int64_t stages, std::int64_t micro_batches) {
    for (std::int64_t stage = 0; stage < stages; ++stage) {
      std::vector<std::int64_t> forward, backward;
      for (const Action& action : OneForwardOneBackward(stage, stages, micro_batches)) {
        if (action.pass == Pass::kForward) {
          forward.push_back(action.micro_batch);
        } else {
          ASSERT_NE(std::find(forward.begin(), forward.end(), action.micro_batch), forward.end());
          backward.push_back(action.micro_batch);
        }
      }
      ASSERT_EQ(std::ssize(forward), micro_batches);
      ASSERT_EQ(backward, forward);
      ASSERT_TRUE(std::is_sorted(forward.begin(), forward.end()));
      ASSERT_EQ(std::set(forward.begin(), forward.end()).size(), forward.size());
    }
  });
}

TEST(OneForwardOneBackward, KeepsAtMostStagesMinusStageInFlight) {
  ForEveryPipeline([](std::int64_t stages, std::int64_t micro_batches) {
    for (std::int64_t stage = 0; stage < stages; ++stage) {
      std::int64_t in_flight = 0;
      std::int64_t most = 0;
      for (const Action& action : OneForwardOneBackward(stage, stages, micro_batches)) {
        in_flight += action.pass == Pass::kForward ? 1 : -1;
        most = std::max(most, in_flight);
      }
      ASSERT_EQ(most, std::min(stages - stage, micro_batches));
    }
  });
}

// Runs the stages against each other: a pass runs when its input has been sent. Ends if no stage
// can run any more; whatever is left then is a deadlock. Also counts the rounds in which every
// stage that can run does: 1F1B's makespan is 2 (micro_batches + stages - 1) passes.
TEST(OneForwardOneBackward, StagesNeverWaitForEachOtherInACircle) {
  ForEveryPipeline([](std::int64_t stages, std::int64_t micro_batches) {
    std::vector<std::vector<Action>> left;
    for (std::int64_t stage = 0; stage < stages; ++stage) {
      left.push_back(OneForwardOneBackward(stage, stages, micro_batches));
      std::reverse(left.back().begin(), left.back().end());
    }
    std::set<std::pair<std::int64_t, std::int64_t>> activations, gradients;  // to (stage, batch)
    std::int64_t rounds = 0;
    for (bool progress = true; progress;) {
      progress = false;
      std::vector<std::pair<std::int64_t, Action>> ran;
      for (std::int64_t stage = 0; stage < stages; ++stage) {
        auto& actions = left[static_cast<std::size_t>(stage)];
        if (actions.empty()) continue;
        const Action action = actions.back();
        const std::pair key{stage, action.micro_batch};
        const bool ready = action.pass == Pass::kForward
                               ? stage == 0 || activations.contains(key)
                               : stage == stages - 1 || gradients.contains(key);
        if (!ready) continue;
        actions.pop_back();
        ran.emplace_back(stage, action);
        progress = true;
      }
      for (const auto& [stage, action] : ran) {
        if (action.pass == Pass::kForward) {
          activations.emplace(stage + 1, action.micro_batch);
        } else {
          gradients.emplace(stage - 1, action.micro_batch);
        }
      }
      rounds += progress ? 1 : 0;
    }
    for (const auto& actions : left) ASSERT_TRUE(actions.empty());
    ASSERT_EQ(rounds, 2 * (micro_batches + stages - 1));
  });
}

TEST(OneForwardOneBackward, RefusesAStageThatIsNotThere) {
  EXPECT_THROW(OneForwardOneBackward(2, 2, 1), std::logic_error);
  EXPECT_THROW(OneForwardOneBackward(-1, 2, 1), std::logic_error);
  EXPECT_THROW(OneForwardOneBackward(0, 2, 0), std::logic_error);
}

}  // namespace
}  // namespace nam56r::runtime
