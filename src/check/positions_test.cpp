#include "src/check/positions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nam56r::check {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Words = std::vector<std::string>;

TEST(ArgvFile, IsWordsAsAShellCutsThem) {
  const struct {
    std::string text;
    Words words;
  } kCases[] = {
      {"", {}},
      {"--bf16\n--lr\n1e-4\n", {"--bf16", "--lr", "1e-4"}},
      {"--lr 1e-4   --bf16", {"--lr", "1e-4", "--bf16"}},
      {"--lr \\\n  1e-4 \\\r\n --bf16 \\\n", {"--lr", "1e-4", "--bf16"}},
      {"--na\\\nme x", {"--name", "x"}},
      {"# all of it\n--lr 1 # why\n--bf16", {"--lr", "1", "--bf16"}},
      {"--a#b", {"--a#b"}},
      {"--spec 'a b' \"c d\" e\\ f", {"--spec", "a b", "c d", "e f"}},
      {"--empty '' \"\"", {"--empty", "", ""}},
      {"--pattern M|E*-\"|\"A", {"--pattern", "M|E*-|A"}},
      {"'$HOME' \"\\$HOME\" \\$HOME a$", {"$HOME", "$HOME", "$HOME", "a$"}},
      {"\"a\\nb\" \"a\\\\b\"", {"a\\nb", "a\\b"}},
      {"[\"--lr\", \"1e-4\",\n \"a \\\"b\\\\\"]", {"--lr", "1e-4", "a \"b\\"}},
      {"[]", {}},
  };
  for (const auto& one : kCases) {
    const auto read = ParseArgv(one.text, "args.txt");
    ASSERT_TRUE(read) << one.text << ": " << read.errors().front().message;
    EXPECT_EQ(read->argv, one.words) << one.text;
    EXPECT_EQ(read->at.size(), one.words.size()) << one.text;
  }
}

TEST(ArgvFile, SaysWhereEachWordStands) {
  const auto shell = ParseArgv("--lr 1 \\\n  --name '\xC3\xA4\n' --bf16", "args.txt");
  ASSERT_TRUE(shell);
  EXPECT_EQ(ToString(shell->at[0]), "args.txt:1:1");
  EXPECT_EQ(ToString(shell->at[1]), "args.txt:1:6");
  EXPECT_EQ(ToString(shell->at[2]), "args.txt:2:3");
  EXPECT_EQ(ToString(shell->at[4]), "args.txt:3:3");
  const auto array = ParseArgv("[\"--lr\",\n  \"\xC3\xA4\", \"1\"]", "args.json");
  ASSERT_TRUE(array);
  EXPECT_EQ(ToString(array->at[1]), "args.json:2:3");
  EXPECT_EQ(ToString(array->at[2]), "args.json:2:8");
}

TEST(ArgvFile, RefusesWhatItWouldHaveToGuess) {
  const struct {
    std::string text;
    std::string message;
    std::string at;
  } kCases[] = {
      {"--lr\n  'open", "never closed", "f:2:3"},
      {"--lr \"open", "never closed", "f:1:6"},
      {"--lr $LR", "not expanded", "f:1:6"},
      {"--lr \"${LR}\"", "not expanded", "f:1:7"},
      {"--lr $(cat lr)", "not expanded", "f:1:6"},
      {"--lr \\", "backslash", "f:1:6"},
      {std::string("--lr\0", 5), "NUL", "f"},
      {"[\"--lr\", 1]", "element 2", "f:1"},
      {"[\"--lr\"", "JSON", "f:1"},
      {"[[\"--lr\"]]", "element 1", "f:1"},
      {std::string(kMostArgvBytes + 1, 'a'), "1 MiB", "f"},
  };
  for (const auto& one : kCases) {
    const auto read = ParseArgv(one.text, "f");
    ASSERT_FALSE(read) << one.text;
    const base::Diagnostic& error = read.errors().front();
    EXPECT_EQ(error.code, "CHECK0002");
    EXPECT_THAT(error.message, HasSubstr(one.message));
    EXPECT_EQ(ToString(error.where.front().at), one.at) << one.text;
    EXPECT_FALSE(error.fix.empty());
  }
  std::string many;
  for (std::size_t i = 0; i <= kMostArgvWords; ++i) many += "a ";
  EXPECT_THAT(ParseArgv(many, "f").errors().front().message, HasSubstr("words"));
}

TEST(ArgvFile, GivesFindingsTheirPlace) {
  const auto file = ParseArgv("--lr\n  1e-4", "args.txt");
  Result result;
  result.findings.resize(1);
  result.findings[0].diagnostic.where = {{{"argv", 2, 0}, "a word"},
                                         {{}, "a default"},
                                         {{"argv", 9, 0}, "beyond"},
                                         {{"p.toml", 2, 1}, ""}};
  Locate(*file, result);
  std::vector<std::string> places;
  for (const auto& note : result.findings[0].diagnostic.where) places.push_back(ToString(note.at));
  EXPECT_THAT(places, ElementsAre("args.txt:2:3", "", "", "p.toml:2:1"));
}

}  // namespace
}  // namespace nam56r::check
