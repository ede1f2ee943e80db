#include "src/base/dotted_key.h"

#include <gtest/gtest.h>

#include <random>

namespace nam56r::base {
namespace {

TEST(DottedKey, QuotesOnlyWhatIsNotBare) {
  EXPECT_EQ(JoinKey("", "moe"), "moe");
  EXPECT_EQ(JoinKey("moe", "top_k"), "moe.top_k");
  EXPECT_EQ(JoinKey("a", "b.c"), "a.\"b.c\"");
  EXPECT_EQ(JoinKey("a", ""), "a.\"\"");
  EXPECT_EQ(SpellKeyPart("a\"\n\x01"), "\"a\\\"\\n\\u0001\"");
}

TEST(DottedKey, LastDotIsOutsideQuotes) {
  EXPECT_EQ(LastDot("moe"), std::string::npos);
  EXPECT_EQ(LastDot("a.b.c"), 3u);
  EXPECT_EQ(LastDot("a.\"b.c\""), 1u);
  EXPECT_EQ(LastDot("a.\"b\\\".c\""), 1u);
}

TEST(DottedKey, SpellingAnyPartAndReadingItBackGivesThePart) {
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    std::string part;
    for (std::size_t n = random() % 8; n > 0; --n) {
      part += "ab.\"\\\n\t\r\x01\x7f\xc3 u0"[random() % 14];
    }
    const std::string key = JoinKey("table", part);
    ASSERT_EQ(LastDot(key), 5u) << key;
    ASSERT_EQ(KeyPartText(key.substr(6)), part) << key;
  }
}

}  // namespace
}  // namespace nam56r::base
