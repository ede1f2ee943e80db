#include "src/contract/waivers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/contract/test_contracts.h"
#include "src/dialect/rule_codes.h"

namespace nam56r::contract {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
constexpr const char* kToday = "2026-08-01";

base::Loaded<policy::Policy> With(const std::string& code, const std::string& text) {
  base::Loaded<policy::Policy> policy;
  policy.file = "p.toml";
  policy.value.waivers[code] = text;
  policy.origins["waivers." + code] = base::Origin::File({"p.toml", 7, 1});
  return policy;
}

// A rule that a waiver can, or cannot, be written for.
std::string RuleCode(bool waivable) {
  for (const dialect::RuleEntry& entry : dialect::ArgumentRules()) {
    const bool error = entry.rule->severity == base::Severity::kError;
    if (error && dialect::CanBeWaived(*entry.rule) == waivable)
      return std::string(entry.rule->code);
  }
  return "";
}

TEST(Waivers, SayUntilWhenAndWhy) {
  const std::string code = RuleCode(true);
  const Waivers read = ReadWaivers(With(code, "until 2026-08-01:  the run  "), kToday);
  ASSERT_THAT(read.errors, IsEmpty());
  ASSERT_EQ(read.valid.size(), 1U);
  const Waiver& waiver = read.valid.front();
  EXPECT_EQ(waiver.code, code);
  EXPECT_EQ(waiver.expires, "2026-08-01");
  EXPECT_EQ(waiver.reason, "the run");
  EXPECT_EQ(ToString(waiver.at), "p.toml:7:1");
  // Without a day of its own, a compiler knows of no expiry.
  EXPECT_THAT(ReadWaivers(With(code, "until 2001-01-01: long ago"), "").errors, IsEmpty());
  EXPECT_THAT(
      ReadWaivers(With("SEAM0005", "until 2030-01-01: measured, and fast enough"), kToday).errors,
      IsEmpty());
}

// One that is wrong takes none of the others with it.
TEST(Waivers, HoldBesideAnExpiredOne) {
  base::Loaded<policy::Policy> policy = With(RuleCode(true), "until 2030-01-01: x");
  policy.value.waivers["SEAM0005"] = "until 2001-01-01: x";
  const Waivers read = ReadWaivers(policy, kToday);
  EXPECT_EQ(read.valid.size(), 1U);
  ASSERT_EQ(read.errors.size(), 1U);
  EXPECT_EQ(read.errors.front().code, "POLICY0953");
}

TEST(Waivers, AreRefusedWithTheWayOut) {
  const std::string code = RuleCode(true);
  const std::string fixed = RuleCode(false);
  const struct {
    std::string code;
    std::string text;
    std::string refusal;
  } kCases[] = {
      {code, "because", "POLICY0950"},
      {code, "", "POLICY0950"},
      {code, "until 2026-13-01: x", "POLICY0950"},
      {code, "until 2026-02-30: x", "POLICY0950"},
      {code, "until 26-02-03: x", "POLICY0950"},
      {code, "until tomorrow: x", "POLICY0950"},
      {code, "until 2030-01-01", "POLICY0950"},
      {code, "until 2030-01-01:  ", "POLICY0950"},
      {code, "until 2030-01-01: " + std::string(600, 'x'), "POLICY0950"},
      {code, "until 2026-07-31: x", "POLICY0953"},
      {"POLICY9999", "until 2030-01-01: x", "POLICY0951"},
      {"", "until 2030-01-01: x", "POLICY0951"},
      {fixed, "until 2030-01-01: x", "POLICY0952"},
      {"LAYOUT0007", "until 2030-01-01: x", "POLICY0952"},
  };
  for (const auto& one : kCases) {
    const auto read = ReadWaivers(With(one.code, one.text), kToday);
    ASSERT_EQ(read.errors.size(), 1U) << one.code << ' ' << one.text;
    EXPECT_THAT(read.valid, testing::SizeIs(0));
    const base::Diagnostic& error = read.errors.front();
    EXPECT_EQ(error.code, one.refusal) << one.code << ' ' << one.text;
    EXPECT_THAT(error.fields, ElementsAre("policy.waivers." + one.code));
    EXPECT_EQ(ToString(error.where.front().at), "p.toml:7:1");
    EXPECT_FALSE(error.fix.empty());
  }
  const auto nearest = ReadWaivers(With(code + "X", "until 2030-01-01: x"), kToday);
  EXPECT_THAT(nearest.errors.front().message, HasSubstr("did you mean '" + code + "'"));
}

TEST(Waivers, ThatWaiveNothingAreToldOf) {
  const std::string code = RuleCode(true);
  base::Diagnostic found;
  found.code = code;
  EXPECT_THAT(UnusedWaivers(With(code, "x"), {found}), IsEmpty());
  const base::Diagnostics unused = UnusedWaivers(With(code, "x"), {});
  ASSERT_EQ(unused.size(), 1U);
  EXPECT_EQ(unused.front().code, "POLICY0954");
  EXPECT_EQ(unused.front().severity, base::Severity::kWarning);
}

// The launch of a recorded finding: a seam that is recommended and not listed.
TEST(Waivers, TurnAWarningIntoANoteAndReachTheDigest) {
  const Contract plain = MustCompile(seams::H200());
  const auto with = [](const std::string& text) {
    return seams::H200(
        [&](recipe::Recipe&, policy::Policy& policy) { policy.waivers["SEAM0005"] = text; });
  };
  const Contract waived = MustCompile(with("until 2030-01-01: measured"));
  EXPECT_NE(ToJson(plain).at("digest"), ToJson(waived).at("digest"));
  EXPECT_EQ(ToJson(waived).at("fixed_policy").at("waivers").at("value").at("SEAM0005"),
            "until 2030-01-01: measured");
  const auto launch = with("until 2020-01-01: measured");
  EXPECT_TRUE(Compile(launch.recipe, launch.policy, {}).ok());
  const auto expired = Compile(launch.recipe, launch.policy, {"", kToday});
  ASSERT_FALSE(expired);
  EXPECT_EQ(expired.errors().front().code, "POLICY0953");
}

}  // namespace
}  // namespace nam56r::contract
