#include "src/contract/shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/contract/reader.h"
#include "src/contract/test_contracts.h"
#include "src/dialect/release.h"

namespace nam56r::contract {
namespace {

using nlohmann::json;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Shape, KnowsTheDialectsThatThereAre) {
  const std::vector<std::string> names(ReadableDialects().begin(), ReadableDialects().end());
  EXPECT_THAT(dialect::DialectNames(), ElementsAreArray(names));
}

TEST(Shape, EveryShippedContractHasIt) {
  for (const ShippedContract& shipped : ShippedContracts()) {
    EXPECT_THAT(ShapeViolations(ToJson(shipped.contract)), IsEmpty()) << shipped.name;
  }
}

// Each of these made some command take what is not there.
TEST(Shape, IsRefusedWithItsPlaceWhereItIsWrong) {
  const json whole = ToJson(MustCompile(seams::H200()));
  const struct {
    std::string patch;  // JSON Patch
    std::string place;
  } kCases[] = {
      {R"([{"op":"remove","path":"/fixed_policy/seams"}])", "/fixed_policy/seams: missing"},
      {R"([{"op":"add","path":"/seams/-","value":17}])", "not an object"},
      {R"([{"op":"remove","path":"/seams/0/probe/checks"}])", "/seams/0/probe/checks: missing"},
      {R"([{"op":"replace","path":"/seams/0/settings","value":{"A":1}}])", "/seams/0/settings/A"},
      {R"([{"op":"replace","path":"/seams/0/recorded_only","value":"no"}])", "neither true"},
      {R"([{"op":"add","path":"/generated_native_args/0/~0a~1b","value":1}])",
       "/generated_native_args/0/~0a~1b: no such member"},
      {R"([{"op":"replace","path":"/generated_native_args/0/values","value":[1]}])",
       "/generated_native_args/0/values/0: not a text"},
      {R"([{"op":"replace","path":"/fixed_policy/optimizer/lr","value":1}])",
       "/fixed_policy/optimizer/lr: not an object"},
      {R"([{"op":"remove","path":"/fixed_policy/optimizer/lr/argv"}])", "/lr/argv: missing"},
      {R"([{"op":"replace","path":"/fixed_policy/optimizer","value":[]}])",
       "/fixed_policy/optimizer"},
      {R"([{"op":"replace","path":"/rewrites/0/to","value":{"a":1}}])", "/rewrites/0/to"},
      {R"([{"op":"remove","path":"/unresolved/0/bound_by"}])", "/unresolved/0/bound_by: missing"},
      {R"([{"op":"replace","path":"/dialect","value":"megatron@0.91"}])",
       "did you mean 'megatron@0.19'?"},
      {R"([{"op":"add","path":"/provenance/x","value":{"file":"a","line":"b"}}])",
       "/provenance/x/line"},
      {R"([{"op":"add","path":"/provenance/x","value":{}}])", "/provenance/x: not one of"},
      {R"([{"op":"add","path":"/provenance/x","value":3}])", "/provenance/x: not an object"},
  };
  for (const auto& one : kCases) {
    json broken = whole.patch(json::parse(one.patch));
    broken["digest"] = DigestOf(broken);
    const auto read = Parse(broken.dump(), "x.json");
    ASSERT_FALSE(read) << one.patch;
    EXPECT_EQ(read.errors().front().code, "CONTRACT0001") << one.patch;
    std::string messages;
    for (const auto& error : read.errors()) messages += error.message + '\n';
    EXPECT_THAT(messages, HasSubstr(one.place)) << one.patch;
  }
}

TEST(Shape, SaysABoundedNumberOfThings) {
  json broken = ToJson(MustCompile(seams::H200()));
  for (json& arg : broken["generated_native_args"]) arg = 17;
  EXPECT_EQ(ShapeViolations(broken).size(), 12U);
}

}  // namespace
}  // namespace nam56r::contract
