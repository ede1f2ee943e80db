#include "src/base/field_value.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace nam56r::base {
namespace {

using nlohmann::json;
using Ints = std::vector<std::int64_t>;
using Strings = std::vector<std::string>;
using Map = std::map<std::string, std::string>;

TEST(FieldValue, HasAPersonsNameForEachType) {
  EXPECT_EQ(TypeName(std::int64_t{1}), "integer");
  EXPECT_EQ(TypeName(1.0), "number");
  EXPECT_EQ(TypeName(true), "boolean");
  EXPECT_EQ(TypeName(std::string("x")), "string");
  EXPECT_EQ(TypeName(Ints{}), "list of integers");
  EXPECT_EQ(TypeName(Strings{}), "list of strings");
  EXPECT_EQ(TypeName(Map{}), "table of strings");
}

TEST(FieldValue, IsSpeltAsToml) {
  EXPECT_EQ(ToString(std::int64_t{-3}), "-3");
  EXPECT_EQ(ToString(1.0), "1.0");
  EXPECT_EQ(ToString(1e-8), "1e-08");
  EXPECT_EQ(ToString(0.1), "0.1");
  EXPECT_EQ(ToString(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(ToString(false), "false");
  EXPECT_EQ(ToString(std::string("a\"b")), "\"a\\\"b\"");
  EXPECT_EQ(ToString(Ints{1, 2}), "[1, 2]");
  EXPECT_EQ(ToString(Strings{}), "[]");
  EXPECT_EQ(ToString(Map{{"A", "1"}, {"b c", "2"}}), "{ A = \"1\", \"b c\" = \"2\" }");
}

TEST(FieldValue, BecomesTheJsonOfItsType) {
  EXPECT_EQ(ToJson(std::int64_t{4}), json(4));
  EXPECT_EQ(ToJson(Strings{}), json::array());
  EXPECT_EQ(ToJson(Map{}), json::object());
  EXPECT_EQ(ToJson(Map{{"A", "1"}}), (json{{"A", "1"}}));
}

}  // namespace
}  // namespace nam56r::base
