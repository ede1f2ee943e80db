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

TEST(RankLogTest, BeginningAndEndAreKept) {
  testing::TemporaryDirectory directory;
  auto log = RankLog::Open(directory.path() / "rank-3.log", 16);  // parts of four bytes
  ASSERT_TRUE(log);
  for (char c = 'a'; c <= 'h'; ++c) log->AddLine(std::string(2, c));
  EXPECT_EQ(log->Close(), 0);
  const auto part = [&](const std::string& name) {
    return testing::Slurp(directory.path() / name);
  };
  EXPECT_EQ(part("rank-3.log"), "aa\n");
  EXPECT_EQ(part("rank-3.5.log"), "ff\n");
  EXPECT_EQ(part("rank-3.7.log"),
            "hh\n[nam56r] 12 bytes left out between rank-3.log and rank-3.5.log: a log holds at "
            "most 16 bytes\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path()), {}), 4);
}

TEST(RankLogTest, LineLongerThanAPartIsKeptWhole) {
  testing::TemporaryDirectory directory;
  auto log = RankLog::Open(directory.path() / "log", 8);
  ASSERT_TRUE(log);
  log->AddLine("abc");
  log->AddLine("defgh");
  EXPECT_EQ(log->Close(), 0);
  EXPECT_EQ(testing::Slurp(directory.path() / "log"), "abc\n");
  EXPECT_EQ(testing::Slurp(directory.path() / "log.1"), "defgh\n");
}

}  // namespace
}  // namespace nam56r::launch
