#include "src/plan/pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace nam56r::plan {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

base::Expected<Pattern> Parse(std::string_view text) {
  return ParsePattern({text, "model.pattern", {"r.toml", 4, 1}});
}

base::Diagnostic OnlyError(std::string_view text) {
  const auto pattern = Parse(text);
  EXPECT_FALSE(pattern.ok()) << text;
  if (pattern) return {};
  EXPECT_EQ(pattern.errors().size(), 1u) << text;
  return pattern.errors().front();
}

TEST(PatternTest, TilesToTheDepthWithAPartialLastTile) {
  const auto pattern = Parse("AEM");
  ASSERT_TRUE(pattern.ok());
  EXPECT_FALSE(pattern->cut());
  EXPECT_EQ(TileLetters(*pattern, 7), "AEMAEMA");
  EXPECT_EQ(TileLetters(*pattern, 2), "AE");
}

TEST(PatternTest, CutsGiveUnevenPiecesOfTheWholeModel) {
  const auto pattern = Parse("AEM|R|FA");
  ASSERT_TRUE(pattern.ok());
  EXPECT_TRUE(pattern->cut());
  EXPECT_THAT(pattern->pieces, ElementsAre(3, 1, 2));
  EXPECT_EQ(TileLetters(*pattern, 6), "AEMRFA");
  EXPECT_EQ(TileLetters(*pattern, 12), "") << "a cut pattern is never tiled";
}

TEST(PatternTest, UnknownLetterNamesPositionAndValidLetters) {
  const base::Diagnostic d = OnlyError("AEXE");
  EXPECT_EQ(d.code, "PLAN0001");
  EXPECT_EQ(d.surface, base::Surface::kPlan);
  EXPECT_THAT(d.message, AllOf(HasSubstr("'X'"), HasSubstr("position 3")));
  EXPECT_THAT(d.valid, Contains("A attention"));
  EXPECT_THAT(d.valid, Contains("R M2RNN"));
  ASSERT_EQ(d.where.size(), 1u);
  EXPECT_EQ(d.where[0].at.line, 4);
  EXPECT_THAT(d.where[0].label, HasSubstr("AEXE"));
}

TEST(PatternTest, MegatronSymbolsAreExplained) {
  EXPECT_THAT(OnlyError("*EME").message, HasSubstr("Megatron's symbol for attention"));
  EXPECT_THAT(OnlyError("*EME").fix, HasSubstr("'A'"));
  EXPECT_THAT(OnlyError("+EME").fix, HasSubstr("'A'"));
  EXPECT_THAT(OnlyError("DEME").fix, HasSubstr("dsa.ranks"));
  EXPECT_THAT(OnlyError("AE-E").fix, HasSubstr("'F'"));
  EXPECT_THAT(OnlyError("AEGE").message, HasSubstr("gated delta net"));
  EXPECT_THAT(OnlyError("AEME/AF").message, HasSubstr("mtp.pattern"));
}

TEST(PatternTest, LowerCaseIsMendedByUpperCase) {
  const base::Diagnostic d = OnlyError("aEaE");
  EXPECT_THAT(d.message, AllOf(HasSubstr("position 1"), HasSubstr("and 1 more")));
  EXPECT_EQ(d.fix, "write 'A' for 'a'");
}

TEST(PatternTest, EveryUnknownLetterIsReportedOnce) {
  const auto pattern = Parse("AXXE YZ");
  ASSERT_FALSE(pattern.ok());
  EXPECT_EQ(pattern.errors().size(), 4u);  // X, blank, Y, Z
}

TEST(PatternTest, EmptyPatternsAndEmptyPiecesAreRefused) {
  EXPECT_THAT(OnlyError("").message, HasSubstr("is empty"));
  EXPECT_THAT(OnlyError("AE||M").message, HasSubstr("piece 2 of 3"));
  EXPECT_THAT(OnlyError("|AE").message, HasSubstr("piece 1 of 2"));
  EXPECT_THAT(OnlyError("AE|").message, HasSubstr("piece 2 of 2"));
  EXPECT_THAT(OnlyError("|").message, HasSubstr("piece 1 of 2"));
}

TEST(PatternTest, LengthIsBounded) {
  EXPECT_TRUE(Parse(std::string(kMaxPatternLength, 'A')).ok());
  EXPECT_THAT(OnlyError(std::string(kMaxPatternLength + 1, 'A')).message, HasSubstr("8192"));
}

TEST(PatternTest, AnMtpPatternHasFewerLettersAndNoCuts) {
  const PatternSource source{"AM|F", "mtp.pattern", {"r.toml", 9, 1}, "AF", false};
  const auto pattern = ParsePattern(source);
  ASSERT_FALSE(pattern.ok());
  ASSERT_EQ(pattern.errors().size(), 2u);
  EXPECT_THAT(pattern.errors()[0].message, HasSubstr("'M' (Mamba-3) cannot stand here"));
  EXPECT_THAT(pattern.errors()[1].message, HasSubstr("never cut"));
  EXPECT_THAT(pattern.errors()[0].valid, ElementsAre("A attention", "F dense feed-forward"));
}

TEST(PatternTest, AnyBytesAreAnsweredInPrintableAscii) {
  std::mt19937 random(7);
  std::uniform_int_distribution<int> byte(0, 255);
  std::uniform_int_distribution<std::size_t> length(0, 300);
  for (int round = 0; round < 2000; ++round) {
    std::string text(length(random), '\0');
    for (char& c : text) c = static_cast<char>(byte(random));
    const auto pattern = Parse(text);
    if (pattern) continue;
    for (const base::Diagnostic& d : pattern.errors()) {
      for (char c : d.message + d.fix + d.where.at(0).label) {
        ASSERT_TRUE(c >= 0x20 && c < 0x7f) << d.message;
      }
    }
  }
}

TEST(PatternTest, DepthOutOfBoundsBreaksAnInvariant) {
  const auto pattern = Parse("A");
  ASSERT_TRUE(pattern.ok());
  EXPECT_THROW(TileLetters(*pattern, 0), std::logic_error);
  EXPECT_THROW(TileLetters(*pattern, kMaxDepth + 1), std::logic_error);
}

}  // namespace
}  // namespace nam56r::plan
