#include "src/launch/rank_log.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "src/launch/process_testing.h"

namespace nam56r::launch {
namespace {

TEST(RankLogTest, FullDiskIsReportedAndStays) {
  auto log = RankLog::Open("/dev/full", 1 << 20);
  ASSERT_TRUE(log);
  log->AddLine("hello");
  EXPECT_EQ(log->Flush(), ENOSPC);
  EXPECT_EQ(log->Close(), ENOSPC);
}

TEST(RankLogTest, LineThatDoesNotFitIsLeftOutWhole) {
  testing::TemporaryDirectory directory;
  auto log = RankLog::Open(directory.path() / "log", 8);
  ASSERT_TRUE(log);
  log->AddLine("abc");
  log->AddLine("defgh");
  log->AddLine("x");  // would fit, but a log has no holes
  EXPECT_EQ(log->Close(), 0);
  EXPECT_EQ(testing::Slurp(directory.path() / "log"),
            "abc\n[nam56r] 8 bytes left out: a log holds at most 8 bytes\n");
}

}  // namespace
}  // namespace nam56r::launch
