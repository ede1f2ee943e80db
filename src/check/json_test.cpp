#include "src/check/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace nam56r::check {
namespace {

using nlohmann::json;

Result Sample() {
  Finding finding;
  finding.diagnostic.code = "POLICY1001";
  finding.diagnostic.severity = base::Severity::kWarning;
  finding.diagnostic.surface = base::Surface::kHost;
  finding.diagnostic.message = "a \"b\" \\ \x01\x7f \xc3\xa9 \xff\xc3";
  finding.diagnostic.where = {{{"argv", 3, 0}, "--bf16"}, {{}, "a default"}, {{"f", 1, 2}, ""}};
  finding.diagnostic.fields = {"--bf16"};
  finding.diagnostic.valid = {"1", "2"};
  finding.diagnostic.fix = "mend\tit";
  finding.diagnostic.notes = {"n"};
  finding.stage = Stage::kRun;
  Result result;
  result.findings = {finding};
  result.rewrites = {
      {"lr", "--lr", 1e-05, std::numeric_limits<double>::infinity(), true, "why", "source"},
      {"x", "--x", json::array({1, "two", nullptr, 2.0}), std::nan(""), false, "w", "s"},
      {"y", "--y", json{{"k", -5}}, std::numeric_limits<std::int64_t>::min(), false, "w", "s"}};
  return result;
}

TEST(CheckJson, IsTheShapeThatScriptsDependOn) {
  const json document = ToJson(Sample());
  EXPECT_EQ(document.at("verdict"), "ok");
  const json& finding = document.at("findings").at(0);
  EXPECT_EQ(finding.at("code"), "POLICY1001");
  EXPECT_EQ(finding.at("severity"), "warning");
  EXPECT_EQ(finding.at("stage"), "run");
  EXPECT_EQ(finding.at("surface"), "host");
  EXPECT_EQ(
      finding.at("message"),
      "a \"b\" \\ \x01\x7f \xc3\xa9 \xef\xbf\xbd\xef\xbf\xbd");  // two bytes that are no UTF-8
  EXPECT_EQ(finding.at("fields"), json({"--bf16"}));
  EXPECT_EQ(finding.at("valid"), json({"1", "2"}));
  EXPECT_EQ(finding.at("fix"), "mend\tit");
  EXPECT_EQ(finding.at("where").at(0), json({{"file", "argv"}, {"line", 3}, {"label", "--bf16"}}));
  EXPECT_EQ(finding.at("where").at(1), json({{"label", "a default"}}));
  EXPECT_EQ(finding.at("where").at(2).at("column"), 2);
  EXPECT_FALSE(finding.contains("waived"));
  const json& lr = document.at("rewrites").at(0);
  EXPECT_EQ(lr, json({{"dest", "lr"},
                      {"flag", "--lr"},
                      {"from", 1e-05},
                      {"to", "inf"},
                      {"given", true},
                      {"why", "why"},
                      {"source", "source"}}));
  EXPECT_EQ(document.at("rewrites").at(1).at("from"), json::array({1, "two", nullptr, 2.0}));
  EXPECT_TRUE(document.at("rewrites").at(1).at("from").at(3).is_number_float());
  EXPECT_EQ(document.at("rewrites").at(1).at("to"), "nan");
  EXPECT_EQ(document.at("rewrites").at(2).at("to"), std::numeric_limits<std::int64_t>::min());
}

TEST(CheckJson, TellsWaivedFindingsAndTheIdFirst) {
  Result result = Sample();
  result.findings[0].diagnostic.severity = base::Severity::kError;
  EXPECT_EQ(ToJson(result).at("verdict"), "refused");
  result.findings[0].waived = "until the fix is out";
  EXPECT_EQ(ToJson(result).at("verdict"), "ok");
  EXPECT_EQ(ToJson(result).at("findings").at(0).at("waived"), "until the fix is out");
  std::string text;
  AppendJson(result, "\"a\"", text);
  EXPECT_TRUE(text.starts_with(R"({"id":"a","verdict":"ok",)")) << text;
}

}  // namespace
}  // namespace nam56r::check
