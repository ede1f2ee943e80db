#include "src/dialect/argument_values.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace nam56r::dialect {
namespace {

using nlohmann::json;

// Answers are those of Python 3.12.
TEST(PythonNumbers, AreReadAsPythonReadsThem) {
  const std::pair<const char*, std::int64_t> whole[] = {
      {"1", 1},
      {"+1", 1},
      {"-1", -1},
      {"007", 7},
      {" 4\t", 4},
      {"1_000", 1000},
      {"0", 0},
      {"\xc2\xa0"
       "3",
       3},
      {"99999999999999999999", std::numeric_limits<std::int64_t>::max()}};
  for (const auto& [text, value] : whole) EXPECT_EQ(PythonInt(text), value) << text;
  for (const char* text :
       {"", " ", "+", "1e3", "1.0", "1__0", "_1", "1_", "0x10", "+-1", "1 2", "inf", "--1"}) {
    EXPECT_FALSE(PythonInt(text)) << text;
  }
  EXPECT_FALSE(PythonInt(std::string(4301, '1')));
  const std::pair<const char*, double> real[] = {{"1e-4", 1e-4},
                                                 {".5", .5},
                                                 {"1.", 1},
                                                 {"1.e5", 1e5},
                                                 {"-.5e+1", -5},
                                                 {"+2", 2},
                                                 {" 3 ", 3},
                                                 {"1_0.5_0", 10.5},
                                                 {"1E2", 100},
                                                 {"1e400", INFINITY},
                                                 {"-1e400", -INFINITY},
                                                 {"1e-400", 0},
                                                 {"inf", INFINITY},
                                                 {"-Infinity", -INFINITY}};
  for (const auto& [text, value] : real) EXPECT_EQ(PythonFloat(text), value) << text;
  EXPECT_TRUE(std::isnan(PythonFloat("NaN").value()));
  for (const char* text : {"", ".", "e5", "1e", "1e+", "1._5", "1_.5", "0x1p3", "infinit", "1,5",
                           "nan(1)", "+-1", "1 2"}) {
    EXPECT_FALSE(PythonFloat(text)) << text;
  }
}

TEST(EvaluatePattern, IsWhatEvalMakesOfIt) {
  const std::pair<const char*, json> patterns[] = {
      {"[1]*4", {1, 1, 1, 1}},
      {"([0]*3+[1]*1)*2", {0, 0, 0, 1, 0, 0, 0, 1}},
      {"2*[1]", {1, 1}},
      {"[1]*2**2", {1, 1, 1, 1}},
      {"[1]*(1+2)", {1, 1, 1}},
      {"[1,2,]", {1, 2}},
      {"(1,2)", {1, 2}},
      {"[]+[3]", {3}},
      {"[1]*0", json::array()},
      {"(((7)))", 7},
      {"[00]", {0}},
  };
  for (const auto& [text, value] : patterns) EXPECT_EQ(EvaluatePattern(text), value) << text;
  for (const char* text :
       {"", "[", "]", "[1", "[1]*", "[1]+2", "[1]*[2]", "[1][0]", "[1](2)", "[01]", "[1]]", "+[1]",
        "[1]+(2,)", "[,]", "(,)", "[1]*99999999999", "[1]*65536*65536", "9**99", "1 2"}) {
    EXPECT_FALSE(EvaluatePattern(text)) << text;
  }
  EXPECT_FALSE(EvaluatePattern(std::string(100'000, '(')));
}

TEST(TakenWords, AreThoseOfTheRelease) {
  const Release& release = *FindRelease("megatron@0.19");
  for (const Release::Named& named : release.by_flag) {
    for (const std::string& word : TakenWords(*named.argument)) {
      const auto value = Converted(*named.argument, word);
      ASSERT_TRUE(value) << named.name << ' ' << word;
      EXPECT_TRUE(IsChosen(*named.argument, *value)) << named.name << ' ' << word;
    }
  }
}

}  // namespace
}  // namespace nam56r::dialect
