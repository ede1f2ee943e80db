#include "src/launch/line_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace nam56r::launch {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Split(const std::vector<std::string>& chunks,
                               std::size_t max_bytes = 100) {
  std::vector<std::string> lines;
  LineSplitter splitter([&](std::string_view line) { lines.emplace_back(line); }, max_bytes);
  for (const std::string& chunk : chunks) splitter.Feed(chunk);
  splitter.Finish();
  return lines;
}

TEST(LineSplitterTest, LinesAcrossChunks) {
  EXPECT_THAT(Split({"a", "b\nc", "\n\nd"}), ElementsAre("ab", "c", "", "d"));
}

TEST(LineSplitterTest, NothingIsNoLine) { EXPECT_THAT(Split({"", ""}), ElementsAre()); }

TEST(LineSplitterTest, LongLineComesInPieces) {
  EXPECT_THAT(Split({"abcdefgh\nx"}, 3), ElementsAre("abc", "def", "gh", "x"));
  EXPECT_THAT(Split({"abc\n"}, 3), ElementsAre("abc"));
  EXPECT_THAT(Split({"abc", "def\n"}, 3), ElementsAre("abc", "def"));
}

TEST(LineSplitterTest, ChunkBordersDoNotMatterAndNoByteIsLost) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::string text;
    for (unsigned i = random() % 400; i > 0; --i) text += "\n\0ab"[random() % 4];
    std::vector<std::string> chunks;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = std::min<std::size_t>(1 + random() % 9, text.size() - at);
      chunks.push_back(text.substr(at, size));
      at += size;
    }
    const auto lines = Split(chunks, 5);
    EXPECT_EQ(lines, Split({text}, 5));
    std::string letters;
    for (const std::string& line : lines) {
      EXPECT_LE(line.size(), 5u);
      letters += line;
    }
    std::erase(text, '\n');
    EXPECT_EQ(letters, text);
  }
}

}  // namespace
}  // namespace nam56r::launch
