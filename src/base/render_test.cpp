#include "src/base/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "src/base/files.h"
#include "src/base/temporary_directory.h"

namespace nam56r::base {
namespace {

using testing::HasSubstr;
using testing::Not;

class RenderTest : public testing::Test {
 protected:
  std::string Write(const std::string& text) {
    const auto path = folder_.path() / "r.toml";
    EXPECT_TRUE(WriteFileAtomically(path, text, Surface::kPlan));
    return path.string();
  }
  static Diagnostic Sample(const std::string& file, int line, int column) {
    Diagnostic diagnostic;
    diagnostic.code = "SCHEMA0001";
    diagnostic.message = "unknown key 'moe.num_expert'; did you mean 'moe.num_experts'?";
    diagnostic.where = {{{file, line, column}, "no such key"}};
    diagnostic.valid = {"moe.num_experts", "moe.top_k"};
    diagnostic.notes = {"experts are counted over all ranks", "a note \x1b more"};
    diagnostic.fix = "write 'moe.num_experts'";
    return diagnostic;
  }
  TemporaryDirectory folder_;
};

TEST_F(RenderTest, QuotesTheLineAndMarksTheKey) {
  const std::string file = Write("[moe]\n\n\n\n\n\n\n\n\n  num_expert = 16\n");
  EXPECT_EQ(Render(Sample(file, 10, 3)),
            "error[SCHEMA0001]: unknown key 'moe.num_expert'; did you mean 'moe.num_experts'?\n"
            "  --> " +
                file +
                ":10:3\n"
                "   |\n"
                "10 |   num_expert = 16\n"
                "   |   ^^^^^^^^^^ no such key\n"
                "   = note: experts are counted over all ranks\n"
                "   = note: a note \\x1b more\n"
                "   = valid: moe.num_experts, moe.top_k\n"
                "   = help: write 'moe.num_experts'\n");
}

TEST_F(RenderTest, BothSidesOfAConflictAreShown) {
  const std::string file = Write("a = 1\nb = 2\n");
  Diagnostic diagnostic = Sample(file, 1, 1);
  diagnostic.where.push_back({{file, 2, 1}, "the other"});
  const std::string text = Render(diagnostic);
  EXPECT_THAT(text, HasSubstr("1 | a = 1\n  | ^ no such key\n"));
  EXPECT_THAT(text, HasSubstr("2 | b = 2\n  | ^ the other\n"));
}

TEST_F(RenderTest, WithoutTheFileThereIsNoExcerpt) {
  EXPECT_THAT(Render(Sample("/nowhere/x.toml", 3, 1)),
              HasSubstr(" --> /nowhere/x.toml:3:1: no such key\n"));
  const std::string file = Write("a\n");
  for (const int line : {0, 2, 3, 1000000}) {
    EXPECT_THAT(Render(Sample(file, line, 1)), Not(HasSubstr(" | "))) << line;
  }
  RenderOptions options;
  options.excerpts = false;
  EXPECT_THAT(Render(Sample(file, 1, 1), options), Not(HasSubstr(" | ")));
}

TEST_F(RenderTest, LongValidSetsAreWrappedAndCut) {
  Diagnostic diagnostic = Sample("", 0, 0);
  diagnostic.where.clear();
  diagnostic.valid.clear();
  for (int i = 0; i < 20; ++i)
    diagnostic.valid.push_back("a_rather_long_name_" + std::to_string(i));
  const std::string text = Render(diagnostic);
  EXPECT_THAT(text, HasSubstr("a_rather_long_name_11,"));
  EXPECT_THAT(text, Not(HasSubstr("a_rather_long_name_12")));
  EXPECT_THAT(text, HasSubstr("... and 8 more\n"));
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin);
    EXPECT_LE(end - begin, 100u);
    begin = end + 1;
  }
}

TEST_F(RenderTest, ColourOnlyWhenAsked) {
  EXPECT_THAT(Render(Sample("x", 1, 1)), Not(HasSubstr("\x1b")));
  RenderOptions options;
  options.colour = true;
  EXPECT_THAT(Render(Sample("x", 1, 1), options), HasSubstr("\x1b[1;31merror"));
}

TEST_F(RenderTest, NothingOfTheInputReachesTheTerminalRaw) {
  const std::string file = Write("a\x1b]0;x\x07 = \"\xff\x9b\"\n");
  Diagnostic diagnostic = Sample(file, 1, 1);
  diagnostic.message = "m\x1b[2J\n";
  diagnostic.fix = "f\r";
  diagnostic.valid = {"v\x1b"};
  diagnostic.where[0].label = "l\xc2\x9b";
  diagnostic.where.push_back({{"f\x1b\n", 1, 1}, ""});
  for (const char c : Render(diagnostic)) {
    EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << static_cast<int>(c);
  }
}

TEST_F(RenderTest, TabsAndFarColumnsDoNotShiftTheMarks) {
  const std::string tabbed = Write("\tkey = 1\n");
  EXPECT_THAT(Render(Sample(tabbed, 1, 2)),
              HasSubstr("1 |     key = 1\n  |     ^^^ no such key\n"));
  const std::string far = Write(std::string(100000, 'x') + "\n");
  EXPECT_LT(Render(Sample(far, 1, 90000)).size(), 2000u);
  EXPECT_LT(Render(Sample(far, 1, 1)).size(), 2000u);
}

TEST_F(RenderTest, LongLinesAreShownAroundTheMarks) {
  const std::string line = std::string(500, 'x') + " key = 1 " + std::string(500, 'y');
  const std::string text = Render(Sample(Write(line + "\n"), 1, 502));
  const std::string shown = "1 | ..." + std::string(39, 'x') + " key = 1 ";
  EXPECT_THAT(text, HasSubstr(shown));
  EXPECT_THAT(text, HasSubstr("y...\n  | " + std::string(43, ' ') + "^^^ no such key\n"));
}

TEST_F(RenderTest, SecretsOfTheSourceAreNotQuoted) {
  const std::string text = Render(Sample(Write("export HF_TOKEN=verysecret key=1\n"), 1, 8));
  EXPECT_THAT(text, HasSubstr("HF_TOKEN=**********"));
  EXPECT_THAT(text, testing::Not(HasSubstr("verysecret")));
}

TEST_F(RenderTest, SeveralAreSetApart) {
  const Diagnostics two = {Sample("x", 1, 1), Sample("y", 1, 1)};
  EXPECT_EQ(Render(two), Render(two[0]) + "\n" + Render(two[1]));
}

TEST_F(RenderTest, JsonHoldsEverythingAndIsAlwaysUtf8) {
  Diagnostic diagnostic = Sample("a.toml", 2, 3);
  diagnostic.fields = {"moe.num_expert\xff"};
  diagnostic.surface = Surface::kPolicy;
  const nlohmann::json object = ToJson(diagnostic);
  EXPECT_EQ(object.at("code"), "SCHEMA0001");
  EXPECT_EQ(object.at("severity"), "error");
  EXPECT_EQ(object.at("surface"), "policy");
  EXPECT_EQ(object.at("where").at(0).at("file"), "a.toml");
  EXPECT_EQ(object.at("where").at(0).at("line"), 2);
  EXPECT_EQ(object.at("where").at(0).at("column"), 3);
  EXPECT_EQ(object.at("where").at(0).at("label"), "no such key");
  EXPECT_EQ(object.at("valid").size(), 2u);
  EXPECT_EQ(object.at("notes").size(), 2u);
  EXPECT_NO_THROW(object.dump());
}

}  // namespace
}  // namespace nam56r::base
