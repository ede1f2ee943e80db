#include "src/cli/supervision.h"

#include <gtest/gtest.h>

namespace nam56r::cli {
namespace {

TEST(ParseWalltimeTest, SecondsAndClocks) {
  struct Case {
    const char* text;
    double seconds;
  };
  for (const Case& c :
       {Case{"3600", 3600}, Case{"0.5", 0.5}, Case{"01:00:00", 3600}, Case{"0:00:05", 5},
        Case{"100:00:00", 360000}, Case{"1-12:00:30", 129630}}) {
    const auto parsed = ParseWalltime(c.text);
    ASSERT_TRUE(parsed) << c.text;
    EXPECT_EQ(*parsed, c.seconds) << c.text;
  }
}

TEST(ParseWalltimeTest, WhatIsNoTime) {
  for (const char* text :
       {"", "0", "-5", "1h", "1:2", "01:60:00", "01:00:60", "1:00:00:00", "x", "nan", "inf", "1e3",
        " 5", "5 ", "400-00:00:00", "-1:00:00", "99999999999999:00:00", "1--1:00:00"}) {
    const auto parsed = ParseWalltime(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.errors()[0].code, "LAUNCH0202");
  }
}

TEST(SetSupervisionTest, HangAfterIsForBothKindsOfRuns) {
  LaunchArguments arguments;
  launch::RunOptions options;
  ASSERT_TRUE(SetSupervision(arguments, options));
  EXPECT_EQ(options.hang.heartbeat_seconds, 300);
  EXPECT_EQ(options.hang.log_seconds, 1800);
  EXPECT_FALSE(options.stop_grace_seconds) << "depends on the contract";
  arguments.hang_after = 0;
  arguments.grace = 7;
  arguments.restarts = 2;
  arguments.walltime = "00:10:00";
  ASSERT_TRUE(SetSupervision(arguments, options));
  EXPECT_EQ(options.hang.heartbeat_seconds, 0);
  EXPECT_EQ(options.hang.log_seconds, 0);
  EXPECT_EQ(options.stop_grace_seconds, 7);
  EXPECT_EQ(options.restarts, 2);
  EXPECT_EQ(options.walltime_seconds, 600);
}

TEST(AttemptTextTest, ControlsAreEscaped) {
  launch::Attempt attempt;
  attempt.engine.ending = launch::Ending::kRankExit;
  attempt.engine.reason = "rank 0\x1b[2J";
  attempt.decision = "no restart: the cause is not known";
  EXPECT_EQ(AttemptText(attempt),
            "attempt 1 ended (rank-exit): rank 0\\x1b[2J\n  no restart: the cause is not known");
}

}  // namespace
}  // namespace nam56r::cli
