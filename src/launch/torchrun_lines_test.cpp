#include "src/launch/torchrun_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace nam56r::launch {
namespace {

using ::testing::ElementsAreArray;
using Lines = std::vector<std::pair<std::int64_t, std::string>>;

struct Case {
  const char* what;
  std::vector<std::string> lines;
  Lines want;
};

TEST(RankLines, EveryRankGetsItsOwnLines) {
  constexpr std::int64_t kAgent = RankLines::kAgent;
  const Case cases[] = {
      {"whole lines",
       {"[nam56r:0a1b:0] hello", "[nam56r:0a1b:11] @nam56r {}", "of the agent", ""},
       {{0, "hello"}, {11, "@nam56r {}"}, {kAgent, "of the agent"}, {kAgent, ""}}},
      {"pieces of unfinished lines",
       {"[nam56r:0a1b:0] 10 %[nam56r:0a1b:1] other", "[nam56r:0a1b:0]  20 %"},
       {{1, "other"}, {0, "10 % 20 %"}}},
      {"an empty line", {"[nam56r:0a1b:3] "}, {{3, ""}}},
      {"the agent's text before a prefix", {"warn[nam56r:0a1b:2] x"}, {{kAgent, "warn"}, {2, "x"}}},
      {"another run's prefix, and none",
       {"[nam56r:ffff:0] x", "[nam56r:0a1b:] x", "[nam56r:0a1b:1]x", "[nam56r:0a1b:-1] x"},
       {{kAgent, "[nam56r:ffff:0] x"},
        {kAgent, "[nam56r:0a1b:] x"},
        {kAgent, "[nam56r:0a1b:1]x"},
        {kAgent, "[nam56r:0a1b:-1] x"}}},
      {"an end without a newline",
       {"[nam56r:0a1b:0] last words[nam56r:0a1b:1] x"},
       {{1, "x"}, {0, "last words"}}},
  };
  for (const Case& c : cases) {
    Lines got;
    RankLines lines(
        "0a1b", [&](std::int64_t rank, std::string_view line) { got.emplace_back(rank, line); });
    for (const std::string& line : c.lines) lines.Feed(line);
    lines.Finish();
    EXPECT_THAT(got, ElementsAreArray(c.want)) << c.what;
  }
}

TEST(RankLines, ALineThatItsReaderCutGoesOn) {
  Lines got;
  RankLines lines("t",
                  [&](std::int64_t rank, std::string_view line) { got.emplace_back(rank, line); });
  lines.Feed("[nam56r:t:5] aaa", /*cut=*/true);
  lines.Feed("bbb");
  lines.Feed("agent");
  EXPECT_THAT(got, ElementsAreArray(Lines{{5, "aaabbb"}, {RankLines::kAgent, "agent"}}));
}

TEST(RankLines, WithoutANewlineMemoryIsBounded) {
  std::size_t longest = 0;
  std::size_t bytes = 0;
  RankLines lines("t", [&](std::int64_t, std::string_view line) {
    longest = std::max(longest, line.size());
    bytes += line.size();
  });
  const std::string piece = "[nam56r:t:5] " + std::string(60'000, 'x');
  for (int i = 0; i < 100; ++i) lines.Feed(piece, /*cut=*/true);
  lines.Finish();
  EXPECT_LT(longest, 200'000u);
  EXPECT_EQ(bytes, 6'000'000u);
}

TEST(RankLines, TheTemplateIsWhatIsRead) {
  EXPECT_EQ(RunTag("sha256:0123456789abcdef"), "01234567");
  EXPECT_EQ(LinePrefixTemplate("01234567"), "[nam56r:01234567:${rank}] ");
}

}  // namespace
}  // namespace nam56r::launch
