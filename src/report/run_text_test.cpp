#include "src/report/run_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nam56r::report {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

launch::RunResult Result(launch::Outcome outcome) {
  launch::RunResult result;
  result.receipt_directory = "/somewhere/runs/20260801T120000Z-x";
  result.engine.outcome = outcome;
  result.engine.seconds = 83;
  return result;
}

TEST(ResultTextTest, ASuccessTellsLossesSpeedAndReceipt) {
  launch::RunResult result = Result(launch::Outcome::kSucceeded);
  result.engine.ending = launch::Ending::kDone;
  result.summary.steps = 120;
  result.summary.first_loss = 5.5736;
  result.summary.last_loss = 1.5428;
  result.summary.validation_loss = 1.5245;
  result.summary.tokens_per_second = 6770;
  EXPECT_THAT(ResultText(result),
              AllOf(HasSubstr("succeeded after 1 min 23 s"), HasSubstr("5.5736 at the start"),
                    HasSubstr("1.5428 at the end"), HasSubstr("1.5245"), HasSubstr("6.77 k"),
                    HasSubstr("/somewhere/runs/20260801T120000Z-x")));
}

TEST(ResultTextTest, AFailureNamesTheFirstRankThatFailedAndItsLog) {
  launch::RunResult result = Result(launch::Outcome::kFailed);
  result.engine.reason = "rank 2 exited with 65";
  result.engine.ending = launch::Ending::kRankExit;
  result.engine.named = {2};
  result.engine.killed = {0, 1};
  result.engine.log_directory = result.receipt_directory / "logs/attempt-2";
  result.engine.ranks = {{.rank = 1, .exit_code = 1}, {.rank = 2, .exit_code = 65}};
  result.engine.ranks[1].first_failure = true;
  result.engine.ranks[1].last_line = "no \x1b[2J data";
  result.attempts.resize(2);
  launch::Cause cause;
  cause.surface_class = "data";
  cause.code = "WHY0601";
  cause.cause = "the index does not fit the data";
  cause.confidence = 0.9;
  cause.answer = {{"next", "build it again"}};
  result.attempts.back().cause = cause;
  EXPECT_THAT(ResultText(result),
              AllOf(HasSubstr("failed"), HasSubstr("rank 2 exited with 65"),
                    HasSubstr("logs/attempt-2/rank-2.log"), Not(HasSubstr("rank-1.log"))));
  EXPECT_THAT(ResultText(result),
              AllOf(HasSubstr("ending             rank-exit, rank 2\n"),
                    HasSubstr("killed             ranks 0 and 1, deaf"),
                    HasSubstr("last line          no \\x1b[2J data\n"),
                    HasSubstr("cause              data, WHY0601: the index does not fit the data, "
                              "confidence 0.90\n"),
                    HasSubstr("next step          build it again\n")));
}

TEST(ResultTextTest, WhatNoRankReportedIsNotShownAsANumber) {
  EXPECT_THAT(ResultText(Result(launch::Outcome::kInterrupted)),
              AllOf(HasSubstr("interrupted"), Not(HasSubstr("loss"))));
}

}  // namespace
}  // namespace nam56r::report
