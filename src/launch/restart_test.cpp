#include "src/launch/restart.h"

#include <gtest/gtest.h>

#include <limits>

namespace nam56r::launch {
namespace {

constexpr double kForEver = std::numeric_limits<double>::infinity();

EngineResult Failed(Ending ending) {
  EngineResult result;
  result.ending = ending;
  return result;
}

Cause Of(const std::string& surface_class) {
  Cause cause;
  cause.surface_class = surface_class;
  return cause;
}

TEST(DecideRestartTest, OnlyAHostIsTriedAgain) {
  for (const char* surface_class :
       {"plan", "policy", "seam", "code", "data", "stack", "unknown", "host"}) {
    const Cause cause = Of(surface_class);
    const RestartDecision decision =
        DecideRestart(Failed(Ending::kRankExit), &cause, 0, {.restarts = 3}, kForEver);
    EXPECT_EQ(decision.restart, std::string(surface_class) == "host") << surface_class;
    EXPECT_NE(decision.text, "");
  }
  EXPECT_EQ(DecideRestart(Failed(Ending::kRankExit), nullptr, 0, {.restarts = 3}, kForEver).text,
            "no restart: nobody looked for the cause");
}

TEST(DecideRestartTest, DelaysDoubleUpToAMinuteAndRestartsAreCounted) {
  const Cause cause = Of("host");
  double expected = 1;
  for (std::int64_t done = 0; done < 100; ++done) {
    const auto decision =
        DecideRestart(Failed(Ending::kNodeLost), &cause, done, {.restarts = 100}, kForEver);
    EXPECT_TRUE(decision.restart);
    EXPECT_EQ(decision.delay_seconds, expected);
    expected = std::min(2 * expected, 60.0);
  }
  EXPECT_EQ(DecideRestart(Failed(Ending::kNodeLost), &cause, 1, {.restarts = 3}, kForEver).text,
            "restart 2 of 3 in 2 s: the cause is the host");
  EXPECT_EQ(DecideRestart(Failed(Ending::kNodeLost), &cause, 3, {.restarts = 3}, kForEver).text,
            "no restart: all 3 were used");
}

TEST(DecideRestartTest, EndingsThatARestartCannotMend) {
  const Cause cause = Of("host");
  const RestartPolicy policy{.restarts = 3};
  EXPECT_FALSE(DecideRestart(Failed(Ending::kSeamUnproved), &cause, 0, policy, kForEver).restart);
  EXPECT_FALSE(DecideRestart(Failed(Ending::kLogLost), &cause, 0, policy, kForEver).restart);
  EXPECT_FALSE(DecideRestart(Failed(Ending::kRankExit), &cause, 0, policy, 0.5).restart)
      << "no time left";
  EngineResult asked = Failed(Ending::kRankExit);
  asked.asked_to_end = true;
  EXPECT_EQ(DecideRestart(asked, &cause, 0, policy, kForEver).text,
            "no restart: it was asked to end");
}

TEST(DecideRestartTest, NobodyAsksAfterASuccessOrWithoutRestarts) {
  EngineResult done = Failed(Ending::kDone);
  done.outcome = Outcome::kSucceeded;
  EXPECT_EQ(DecideRestart(done, nullptr, 0, {.restarts = 3}, kForEver).text, "");
  EXPECT_EQ(DecideRestart(Failed(Ending::kRankExit), nullptr, 0, {}, kForEver).text, "");
}

}  // namespace
}  // namespace nam56r::launch
