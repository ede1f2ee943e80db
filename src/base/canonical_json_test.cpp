#include "src/base/canonical_json.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>

namespace nam56r::base {
namespace {

using nlohmann::json;

// RFC 8785, section 3.2.2 and 3.2.3.
TEST(CanonicalJson, WritesTheExampleOfTheRfc) {
  const json value = json::parse(R"({
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  })");
  EXPECT_EQ(CanonicalJson(value),
            "{\"literals\":[null,true,false],"
            "\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
            "\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

// RFC 8785, section 3.2.3: by UTF-16 code units, so a smiley comes before U+FB33.
TEST(CanonicalJson, SortsKeysByUtf16CodeUnits) {
  const json value = json::parse(R"({
    "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis"
  })");
  EXPECT_EQ(CanonicalJson(value),
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\","
            "\"\xc3\xb6\":\"Latin Small Letter O With Diaeresis\",\"\xe2\x82\xac\":\"Euro Sign\","
            "\"\xf0\x9f\x98\x80\":\"Emoji: Grinning Face\","
            "\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}");
}

// RFC 8785, appendix B.
TEST(CanonicalJson, WritesNumbersAsEcmaScriptDoes) {
  struct {
    std::uint64_t bits;
    const char* text;
  } const cases[] = {
      {0x0000000000000000, "0"},
      {0x8000000000000000, "0"},
      {0x0000000000000001, "5e-324"},
      {0x8000000000000001, "-5e-324"},
      {0x7fefffffffffffff, "1.7976931348623157e+308"},
      {0xffefffffffffffff, "-1.7976931348623157e+308"},
      {0x4340000000000000, "9007199254740992"},
      {0xc340000000000000, "-9007199254740992"},
      {0x4430000000000000, "295147905179352830000"},
      {0x44b52d02c7e14af5, "9.999999999999997e+22"},
      {0x44b52d02c7e14af6, "1e+23"},
      {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
      {0x444b1ae4d6e2ef4e, "999999999999999700000"},
      {0x444b1ae4d6e2ef4f, "999999999999999900000"},
      {0x444b1ae4d6e2ef50, "1e+21"},
      {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
      {0x3eb0c6f7a0b5ed8d, "0.000001"},
      {0x41b3de4355555553, "333333333.3333332"},
      {0x41b3de4355555554, "333333333.33333325"},
      {0x41b3de4355555555, "333333333.3333333"},
      {0x41b3de4355555556, "333333333.3333334"},
      {0x41b3de4355555557, "333333333.33333343"},
      {0xbecbf647612f3696, "-0.0000033333333333333333"},
      {0x43143ff3c1cb0959, "1424953923781206.2"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(CanonicalJson(json(std::bit_cast<double>(c.bits))), c.text);
  }
  EXPECT_EQ(CanonicalJson(json(1e-7)), "1e-7");
  EXPECT_EQ(CanonicalJson(json(1.0)), "1");
  EXPECT_EQ(CanonicalJson(json(0.95)), "0.95");
}

TEST(CanonicalJson, NumbersReadBackAsTheSameDouble) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 20000; ++i) {
    const double value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    const json back = json::parse(CanonicalJson(json(value)));
    ASSERT_EQ(back.get<double>(), value);
  }
}

TEST(CanonicalJson, DoesNotDependOnTheOrderOfKeys) {
  EXPECT_EQ(CanonicalJson(json::parse(R"({"b":1,"a":{"d":[],"c":{}}})")),
            CanonicalJson(json::parse(R"({ "a":{"c":{}, "d":[]}, "b":1 })")));
  EXPECT_EQ(CanonicalJson(json::parse(R"({"b":1,"a":{"d":[],"c":{}}})")),
            R"({"a":{"c":{},"d":[]},"b":1})");
}

TEST(CanonicalJson, RefusesWhatItCannotCarry) {
  EXPECT_THROW(CanonicalJson(json((std::int64_t{1} << 53) + 1)), std::logic_error);
  EXPECT_THROW(CanonicalJson(json(std::numeric_limits<std::uint64_t>::max())), std::logic_error);
  EXPECT_THROW(CanonicalJson(json(std::nan(""))), std::logic_error);
  EXPECT_THROW(CanonicalJson(json(std::numeric_limits<double>::infinity())), std::logic_error);
  EXPECT_THROW(CanonicalJson(json("\xff")), std::logic_error);
  EXPECT_THROW(CanonicalJson(json{{"\xc3", 1}}), std::logic_error);
  EXPECT_EQ(CanonicalJson(json(-(std::int64_t{1} << 53))), "-9007199254740992");
}

}  // namespace
}  // namespace nam56r::base
