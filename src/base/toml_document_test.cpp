#include "src/base/toml_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "src/base/temporary_directory.h"

namespace nam56r::base {
namespace {

using testing::HasSubstr;
using Strings = std::vector<std::string>;
using Ints = std::vector<std::int64_t>;

TomlDocument Parse(std::string_view text) {
  auto document = ParseToml(text, "t.toml", Surface::kPlan);
  EXPECT_TRUE(document) << (document ? "" : document.errors()[0].message);
  return document ? *document : TomlDocument{};
}

Diagnostic Refusal(std::string_view text) {
  auto document = ParseToml(text, "t.toml", Surface::kPlan);
  EXPECT_FALSE(document) << text;
  return document ? Diagnostic{} : document.errors()[0];
}

TEST(Toml, FlattensTablesDottedKeysAndInlineTables) {
  const TomlDocument document = Parse(
      "name = \"x\"\n"
      "[moe]\n"
      "top_k = 4\n"
      "  router.bias = true\n"
      "[z]\n"
      "a = { c = 1.5, b = [1, 2] }\n"
      "l = [\"p\", 'q']\n");
  ASSERT_EQ(document.entries.size(), 6u);
  const auto expect = [&](std::size_t i, const char* key, const FieldValue& value, int line,
                          int column) {
    EXPECT_EQ(document.entries[i].key, key);
    EXPECT_EQ(document.entries[i].value, value) << key;
    EXPECT_EQ(document.entries[i].at, (SourceLocation{"t.toml", line, column})) << key;
  };
  expect(0, "name", std::string("x"), 1, 1);
  expect(1, "moe.top_k", std::int64_t{4}, 3, 1);
  expect(2, "moe.router.bias", true, 4, 10);
  expect(3, "z.a.c", 1.5, 6, 7);
  expect(4, "z.a.b", Ints{1, 2}, 6, 16);
  expect(5, "z.l", Strings{"p", "q"}, 7, 1);
}

TEST(Toml, EmptyListsAndEmptyTables) {
  const TomlDocument document = Parse("a = []\n[b]\n[c.d]\n");
  ASSERT_EQ(document.entries.size(), 1u);
  EXPECT_EQ(document.entries[0].value, FieldValue(Strings{}));
  ASSERT_EQ(document.empty_tables.size(), 2u);
  EXPECT_EQ(document.empty_tables[0].key, "b");
  EXPECT_EQ(document.empty_tables[0].at.line, 2);
  EXPECT_EQ(document.empty_tables[1].key, "c.d");
  EXPECT_TRUE(Parse("").entries.empty());
}

TEST(Toml, AKeyWithADotIsNotADottedKey) {
  const TomlDocument document = Parse("a.b = 1\n\"a.b\" = 2\n");
  ASSERT_EQ(document.entries.size(), 2u);
  EXPECT_EQ(document.entries[0].key, "a.b");
  EXPECT_EQ(document.entries[1].key, "\"a.b\"");
}

TEST(Toml, RefusesWhatIsNotTomlWithItsPlace) {
  const Diagnostic error = Refusal("a = 1\nb = = 2\n");
  EXPECT_EQ(error.code, "BASE0002");
  EXPECT_EQ(error.where.at(0).at.file, "t.toml");
  EXPECT_EQ(error.where.at(0).at.line, 2);
  EXPECT_EQ(Refusal("a = 1\na = 2\n").code, "BASE0002");
  EXPECT_EQ(Refusal("a = 99999999999999999999\n").code, "BASE0002");
  EXPECT_EQ(Refusal(std::string("a = \"\0\"\n", 8)).code, "BASE0002");
  EXPECT_EQ(Refusal("a = \"\xff\"\n").code, "BASE0002");
}

TEST(Toml, LettersBeyondAsciiStandInTextOnly) {
  const TomlDocument document =
      Parse("a = \"\xc3\xa9\" # \xc3\xa9\nb = \"\"\"x \\\n  \xc3\xa9\"\"\"\n\"\xc3\xa9\" = 1\n");
  ASSERT_EQ(document.entries.size(), 3u);
  EXPECT_EQ(document.entries[1].value, FieldValue(std::string("x \xc3\xa9")));
  EXPECT_EQ(document.entries[2].key, "\"\xc3\xa9\"");
  EXPECT_EQ(Refusal("\xc3\xa9 = 1\n").code, "BASE0002");
  EXPECT_EQ(Refusal("a = \xc3\xa9\n").code, "BASE0002");
}

TEST(Toml, RefusesTypesThatNoFieldHasAllAtOnce) {
  auto document = ParseToml(
      "e = [[1]]\nd = 2024-01-01\nc = [1, \"x\"]\nb = [1, 2.5]\n[[t]]\nx = 1\n[ok]\ny = [true]\n",
      "t.toml", Surface::kPolicy);
  ASSERT_FALSE(document);
  Strings keys;
  for (const Diagnostic& error : document.errors()) {
    EXPECT_EQ(error.code, "BASE0003");
    EXPECT_EQ(error.surface, Surface::kPolicy);
    EXPECT_FALSE(error.fix.empty());
    keys.push_back(error.fields.at(0));
  }
  EXPECT_EQ(keys, (Strings{"e", "d", "c", "b", "t", "ok.y"}));
}

TEST(Toml, BoundsSizeAndDepth) {
  EXPECT_EQ(Refusal(std::string(kMaxTomlBytes + 1, '\n')).code, "BASE0001");
  Parse(std::string(kMaxTomlBytes, '\n'));
  std::string deep_key = "a";
  while (deep_key.size() < 500000) deep_key += ".a";
  const Diagnostic error = Refusal("x = 1\n" + deep_key + " = 1\n");
  EXPECT_EQ(error.code, "BASE0002");
  EXPECT_EQ(error.where.at(0).at.line, 2);
  EXPECT_EQ(Refusal("[" + deep_key + "]\n").code, "BASE0002");
  EXPECT_EQ(Refusal("a = " + std::string(500000, '[')).code, "BASE0002");
  EXPECT_EQ(Refusal("a = " + std::string(1000, '{')).code, "BASE0002");
}

TEST(Toml, DotsAndBracketsInTextDoNotCountAsDepth) {
  const std::string dots(1000, '.');
  const std::string brackets(1000, '[');
  const TomlDocument document = Parse("# " + dots + brackets + "\n" +              //
                                      "a = \"" + dots + "\\\"" + dots + "\"\n" +   //
                                      "b = '" + dots + brackets + "'\n" +          //
                                      "c = \"\"\"\n" + dots + "\n\"" + brackets +  //
                                      "\"\"\"\"\"\n" +                             //
                                      "d = '''" + dots + "''''\n" +                //
                                      "e = [\"" + dots + "\"]\n");
  EXPECT_EQ(document.entries.size(), 5u);
}

TEST(Toml, ReadsAFile) {
  const TemporaryDirectory folder;
  const auto path = folder.path() / "r.toml";
  std::ofstream(path) << "a = 1\n";
  const auto document = ReadToml(path, Surface::kPlan);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->file, path.string());
  EXPECT_EQ(document->entries.at(0).at.file, path.string());
  EXPECT_EQ(ReadToml(folder.path() / "none.toml", Surface::kPlan).errors()[0].code, "BASE0001");
  std::ofstream(path) << std::string(kMaxTomlBytes + 1, '\n');
  EXPECT_EQ(ReadToml(path, Surface::kPlan).errors()[0].code, "BASE0001");
}

// Random pieces of TOML, and random bytes: always a document or a refusal with a code.
TEST(Toml, NeverFailsOtherwiseThanByRefusing) {
  static const std::vector<std::string> kPieces = {"a",
                                                   "b",
                                                   ".",
                                                   "=",
                                                   "\n",
                                                   "[",
                                                   "]",
                                                   "{",
                                                   "}",
                                                   ",",
                                                   "\"",
                                                   "'",
                                                   "\"\"\"",
                                                   "'''",
                                                   "\\",
                                                   "#",
                                                   " ",
                                                   "1",
                                                   "1.5",
                                                   "true",
                                                   "inf",
                                                   "-nan",
                                                   "2024-01-01",
                                                   "T07:32:00Z",
                                                   "0x",
                                                   "\\u00",
                                                   "\\U0010ffff",
                                                   "\r\n",
                                                   "\t",
                                                   std::string(1, '\0'),
                                                   "\xff",
                                                   "\xc3\xa9",
                                                   "\xef\xbb\xbf",
                                                   "\xe2\x80\xae",
                                                   "_",
                                                   "e+",
                                                   "[[",
                                                   "]]",
                                                   "a = 1\n",
                                                   "[t]\n",
                                                   "x.y = \"z\"\n",
                                                   "environment = {A='1'}\n"};
  std::mt19937 random(56);
  int parsed = 0;
  for (int i = 0; i < 30000; ++i) {
    std::string text;
    const bool pieces = i % 3 != 0;
    for (std::size_t n = random() % 40; n > 0; --n) {
      if (pieces) {
        text += kPieces[random() % kPieces.size()];
      } else {
        text += static_cast<char>(random() % 256);
      }
    }
    const auto document = ParseToml(text, "t.toml", Surface::kPlan);
    if (document) {
      ++parsed;
      for (const TomlEntry& entry : document->entries) {
        ASSERT_FALSE(entry.key.empty());
        ASSERT_GT(entry.at.line, 0);
        ASSERT_GT(entry.at.column, 0);
      }
    } else {
      for (const Diagnostic& error : document.errors()) {
        ASSERT_TRUE(error.code == "BASE0002" || error.code == "BASE0003") << error.code;
        ASSERT_FALSE(error.message.empty());
        ASSERT_FALSE(error.where.empty());
      }
    }
  }
  EXPECT_GT(parsed, 100);
}

}  // namespace
}  // namespace nam56r::base
