#include "src/launch/hang_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/launch/rank_names.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::size_t kRanks = 4;

/// Four ranks, heartbeats every second, asked every second.
class HangWatchTest : public ::testing::Test {
 protected:
  HangWatchTest() {
    for (std::size_t i = 0; i < kRanks; ++i) watch_.OnStart(i, now_);
  }

  static HangLimits Limits() {
    HangLimits limits;
    limits.heartbeat_seconds = 10;
    limits.log_seconds = 20;
    return limits;
  }
  void Beat(std::size_t rank, std::int64_t step, const std::string& phase) {
    if (phase != phases_[rank] || step != steps_[rank]) since_[rank] = now_;
    phases_[rank] = phase;
    steps_[rank] = step;
    watch_.OnEvent(rank,
                   {{"event", "heartbeat"},
                    {"rank", rank},
                    {"step", step},
                    {"phase", phase},
                    {"seconds", std::chrono::duration<double>(now_ - since_[rank]).count()}},
                   now_);
  }
  /// |seconds| of |each_second|; stops at the first hang.
  std::optional<HangWatch::Hang> Live(int seconds, const std::function<void()>& each_second) {
    for (int second = 0; second < seconds; ++second) {
      now_ += milliseconds(1000);
      each_second();
      if (auto hang = watch_.Check(now_, [&](std::size_t i) { return states_[i]; })) return hang;
    }
    return std::nullopt;
  }
  void Train(std::int64_t step) {
    for (std::size_t i = 0; i < kRanks; ++i) Beat(i, step, "forward");
  }

  HangWatch watch_{Limits(), {0, 1, 2, 3}};
  HangWatch::Clock::time_point now_ = HangWatch::Clock::now();
  std::array<HangWatch::Clock::time_point, kRanks> since_{};
  std::array<std::string, kRanks> phases_;
  std::array<std::int64_t, kRanks> steps_{};
  std::array<char, kRanks> states_ = {'S', 'S', 'S', 'S'};
};

TEST_F(HangWatchTest, RanksThatGetOnDoNotHang) {
  std::int64_t step = 0;
  EXPECT_FALSE(Live(100, [&] { Train(++step); }));
}

TEST_F(HangWatchTest, SilentRankIsNamedAndThoseThatWaitForItAreNot) {
  std::int64_t step = 0;
  ASSERT_FALSE(Live(5, [&] { Train(++step); }));
  states_[2] = 'T';
  const auto hang = Live(30, [&] {
    for (const std::size_t i : {0u, 1u, 3u}) Beat(i, 6, "exchange tp");
  });
  ASSERT_TRUE(hang);
  EXPECT_THAT(hang->ranks, ElementsAre(2));
  EXPECT_EQ(hang->reason,
            "rank 2 gave no sign of life for 10 s (stopped by a signal), last seen in step 5, "
            "forward; ranks 0, 1 and 3 waited in step 6, exchange tp");
  RankOutcome outcome;
  outcome.started = true;
  watch_.Describe(2, now_, outcome);
  EXPECT_EQ(outcome.step, 5);
  EXPECT_EQ(outcome.phase, "forward");
  EXPECT_NEAR(outcome.silent_seconds, 10, 1e-6);
}

TEST_F(HangWatchTest, RankThatBeatsButStaysInOnePhaseIsNamed) {
  std::int64_t step = 0;
  ASSERT_FALSE(Live(5, [&] { Train(++step); }));
  const auto hang = Live(30, [&] {
    Beat(0, 6, "backward");
    for (const std::size_t i : {1u, 2u, 3u}) Beat(i, 6, "exchange dp");
  });
  ASSERT_TRUE(hang);
  EXPECT_THAT(hang->ranks, ElementsAre(0));
  EXPECT_THAT(hang->reason, HasSubstr("rank 0 got no further for 10 s: step 6, backward"));
}

TEST_F(HangWatchTest, OutputIsNoProgress) {
  ASSERT_FALSE(Live(5, [&] {
    Train(7);
    watch_.OnEvent(0, {{"event", "step"}, {"step", 7}}, now_);
  }));
  EXPECT_TRUE(Live(30, [&] {
    Train(8);
    watch_.OnOutput(0, now_);
    watch_.OnLine(0, "still waiting");
  }));
}

TEST_F(HangWatchTest, WhenAllWaitThoseOfTheEarliestStepAreNamed) {
  std::int64_t step = 0;
  ASSERT_FALSE(Live(5, [&] { Train(++step); }));
  const auto hang = Live(30, [&] {
    Beat(0, 6, "exchange pp");
    for (const std::size_t i : {1u, 2u, 3u}) Beat(i, 7, "exchange dp");
  });
  ASSERT_TRUE(hang);
  EXPECT_THAT(hang->ranks, ElementsAre(0));
  EXPECT_EQ(hang->reason,
            "no rank got further for 10 s: rank 0 waited in step 6, exchange pp; ranks 1-3 waited "
            "in step 7, exchange dp");
}

TEST_F(HangWatchTest, BeforeTheFirstStepItTakesTwiceAsLong) {
  EXPECT_FALSE(Live(19, [&] { Train(0); }));
  EXPECT_TRUE(Live(3, [&] { Train(0); }));
}

TEST_F(HangWatchTest, SamePhaseEnteredAgainIsProgress) {
  ASSERT_FALSE(Live(5, [&] {
    Train(3);
    since_.fill(now_);
  }));
  EXPECT_FALSE(Live(60, [&] {
    since_.fill(now_);
    Train(3);
  })) << "many micro-batches in one step";
}

TEST_F(HangWatchTest, WithoutHeartbeatsAnyRankSpeaksForAll) {
  watch_.OnLine(3, " [2026-08-01 12:00:00] iteration        1/     300 | loss 5.5");
  EXPECT_FALSE(Live(100, [&] { watch_.OnOutput(3, now_); }));
  states_[1] = 'D';
  const auto hang = Live(30, [] {});
  ASSERT_TRUE(hang);
  EXPECT_THAT(hang->ranks, ElementsAre(1));
  EXPECT_EQ(hang->reason,
            "ranks 0-3 wrote nothing for 20 s; rank 1 did not run (waits for a disk or a network "
            "file system); the last line came from rank 3, step 1");
}

TEST_F(HangWatchTest, SilenceOfOnesThatEndedIsNoHang) {
  for (std::size_t i = 0; i < kRanks; ++i) watch_.OnEnd(i, now_);
  EXPECT_FALSE(Live(100, [] {}));
}

TEST_F(HangWatchTest, SleepOfTheLauncherCountsForNobody) {
  std::int64_t step = 0;
  ASSERT_FALSE(Live(5, [&] { Train(++step); }));
  now_ += std::chrono::hours(1);
  EXPECT_FALSE(watch_.Check(now_, [](std::size_t) { return 'S'; }));
}

TEST_F(HangWatchTest, ZeroIsForEver) {
  HangWatch patient({0, 0, 2}, {0});
  patient.OnStart(0, now_);
  EXPECT_FALSE(patient.Interval());
  EXPECT_FALSE(patient.Check(now_ + std::chrono::seconds(5), [](std::size_t) { return 'T'; }));
}

TEST_F(HangWatchTest, EventsOfAnyShapeSurvive) {
  for (const char* text : {R"({"event":"heartbeat"})", R"({"event":7})", R"({})",
                           R"({"event":"heartbeat","step":"x","phase":[],"seconds":{}})",
                           R"({"event":"heartbeat","step":1e300,"phase":"p","seconds":-1e300})"}) {
    watch_.OnEvent(0, json::parse(text), now_);
  }
  EXPECT_FALSE(Live(1, [] {}));
}

TEST(StepOfLineTest, MegatronsProgress) {
  EXPECT_EQ(StepOfLine(" iteration       12/     300 | consumed samples: 96 |"), 12);
  EXPECT_EQ(StepOfLine("iteration 7 of 9"), std::nullopt);
  EXPECT_EQ(StepOfLine("iteration"), std::nullopt);
  EXPECT_EQ(StepOfLine("iteration -3/9"), std::nullopt);
  EXPECT_EQ(StepOfLine("iteration 99999999999999999999/9"), std::nullopt);
}

TEST(RankNamesTest, AsPeopleSayThem) {
  EXPECT_EQ(RankNames({3}), "rank 3");
  EXPECT_EQ(RankNames({0, 1}), "ranks 0 and 1");
  EXPECT_EQ(RankNames({0, 2, 3, 4, 5, 9}), "ranks 0, 2-5 and 9");
}

}  // namespace
}  // namespace nam56r::launch
