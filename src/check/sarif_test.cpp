#include "src/check/sarif.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "src/contract/test_json_schema.h"
#include "src/dialect/argument_rules.h"

namespace nam56r::check {
namespace {

using contract::JsonSchema;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Of SARIF 2.1.0 (OASIS, 2020; sections as numbered there) what this program writes, strictly: no
// member that is not here. NAM56R_SARIF_SCHEMA may name the published schema, which is then asked
// as well.
const char* const kSubset = R"({
  "type": "object", "required": ["version", "runs"], "additionalProperties": false,
  "properties": {
    "$schema": {"type": "string", "format": "uri"},
    "version": {"enum": ["2.1.0"]},
    "runs": {"type": "array", "items": {"$ref": "#/definitions/run"}}},
  "definitions": {
    "run": {"type": "object", "required": ["tool"], "additionalProperties": false, "properties": {
      "tool": {"type": "object", "required": ["driver"], "additionalProperties": false, "properties": {
        "driver": {"type": "object", "required": ["name"], "additionalProperties": false, "properties": {
          "name": {"type": "string"}, "semanticVersion": {"type": "string"},
          "rules": {"type": "array", "uniqueItems": true, "items": {"$ref": "#/definitions/rule"}}}}}},
      "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
      "results": {"type": "array", "items": {"$ref": "#/definitions/result"}},
      "properties": {"type": "object"}}},
    "rule": {"type": "object", "required": ["id"], "additionalProperties": false, "properties": {
      "id": {"type": "string"}, "name": {"type": "string"},
      "shortDescription": {"$ref": "#/definitions/text"}, "fullDescription": {"$ref": "#/definitions/text"},
      "help": {"$ref": "#/definitions/text"},
      "defaultConfiguration": {"type": "object", "additionalProperties": false,
        "properties": {"level": {"enum": ["none", "note", "warning", "error"]}}},
      "properties": {"type": "object"}}},
    "text": {"type": "object", "required": ["text"], "additionalProperties": false,
      "properties": {"text": {"type": "string"}}},
    "result": {"type": "object", "required": ["message"], "additionalProperties": false, "properties": {
      "ruleId": {"type": "string"}, "ruleIndex": {"type": "integer", "minimum": -1},
      "level": {"enum": ["none", "note", "warning", "error"]},
      "message": {"$ref": "#/definitions/text"},
      "locations": {"type": "array", "items": {"$ref": "#/definitions/location"}},
      "relatedLocations": {"type": "array", "uniqueItems": true, "items": {"$ref": "#/definitions/location"}},
      "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
      "suppressions": {"type": "array", "uniqueItems": true, "items": {
        "type": "object", "required": ["kind"], "additionalProperties": false, "properties": {
          "kind": {"enum": ["inSource", "external"]},
          "status": {"enum": ["accepted", "underReview", "rejected"]},
          "justification": {"type": "string"}}}},
      "properties": {"type": "object"}}},
    "location": {"type": "object", "additionalProperties": false, "properties": {
      "message": {"$ref": "#/definitions/text"},
      "logicalLocations": {"type": "array", "uniqueItems": true, "items": {
        "type": "object", "additionalProperties": false, "properties": {
          "fullyQualifiedName": {"type": "string"}, "kind": {"type": "string"}}}},
      "physicalLocation": {"type": "object", "additionalProperties": false, "required": ["artifactLocation"],
        "properties": {
          "artifactLocation": {"type": "object", "additionalProperties": false, "required": ["uri"],
            "properties": {"uri": {"type": "string", "format": "uri-reference"}}},
          "region": {"type": "object", "additionalProperties": false, "properties": {
            "startLine": {"type": "integer", "minimum": 1},
            "startColumn": {"type": "integer", "minimum": 1}}}}}}}
  }})";

void ExpectValid(const json& log, const std::string& what) {
  EXPECT_THAT(JsonSchema(json::parse(kSubset)).Violations(log), IsEmpty()) << what;
  if (const char* official = std::getenv("NAM56R_SARIF_SCHEMA")) {
    std::ifstream in(official);
    EXPECT_THAT(JsonSchema(json::parse(in)).Violations(log), IsEmpty()) << what;
  }
  // No index that leads nowhere, and none that leads to another rule.
  for (const json& run : log.at("runs")) {
    for (const json& result : run.at("results")) {
      const json& rule = run["tool"]["driver"]["rules"].at(result["ruleIndex"].get<std::size_t>());
      EXPECT_EQ(rule.at("id"), result.at("ruleId"));
    }
  }
}

Finding Of(std::string code, base::Severity severity) {
  Finding finding;
  finding.diagnostic.code = std::move(code);
  finding.diagnostic.severity = severity;
  finding.diagnostic.message = "it is wrong";
  finding.diagnostic.fields = {"--b", "--a"};
  finding.diagnostic.fix = "mend it";
  finding.diagnostic.where = {{{}, "a default"},
                              {{"dir with space/args\xC3\xA4.txt", 3, 5}, "--a 1"},
                              {{"/root/p.toml", 0, 0}, "the other side"}};
  return finding;
}

TEST(Sarif, HoldsEveryFindingWithItsRuleAndPlace) {
  Result result;
  result.findings = {
      Of("CHECK0002", base::Severity::kError), Of("POLICY0954", base::Severity::kWarning),
      Of("CHECK0002", base::Severity::kNote), Of("NOSUCH0001", base::Severity::kError)};
  result.rewrites.push_back({"lr", "--lr", 1, nullptr, true, "because", "training.py"});
  const json log = ToSarif(result, {"0.1.0", "megatron@0.19"});
  ExpectValid(log, "all");
  const json& run = log["runs"][0];
  EXPECT_EQ(run["tool"]["driver"]["rules"].size(), 3U);
  EXPECT_EQ(run["properties"]["verdict"], "refused");
  EXPECT_EQ(run["properties"]["rewrites"][0]["dest"], "lr");
  const json& first = run["results"][0];
  EXPECT_EQ(first["level"], "error");
  EXPECT_THAT(first["message"]["text"].get<std::string>(), HasSubstr("Fix: mend it"));
  const json& place = first["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], "dir%20with%20space/args%C3%A4.txt");
  EXPECT_EQ(place["region"], json({{"startLine", 3}, {"startColumn", 5}}));
  EXPECT_EQ(first["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            "file:///root/p.toml");
  EXPECT_EQ(first["locations"][0]["logicalLocations"][1]["fullyQualifiedName"], "--a");
  EXPECT_EQ(first["properties"]["stage"], "validate");
  EXPECT_FALSE(first.contains("suppressions"));
}

TEST(Sarif, AFindingKeepsItsFingerprintWhenItMoves) {
  Result here;
  here.findings = {Of("CHECK0002", base::Severity::kError)};
  Result there = here;
  there.findings[0].diagnostic.where[1].at.line = 99;
  std::swap(there.findings[0].diagnostic.fields[0], there.findings[0].diagnostic.fields[1]);
  Result other = here;
  other.findings[0].diagnostic.fields = {"--c"};
  const auto print = [](const Result& result) {
    return ToSarif(result, {})["runs"][0]["results"][0]["partialFingerprints"].dump();
  };
  EXPECT_EQ(print(here), print(there));
  EXPECT_NE(print(here), print(other));
}

TEST(Sarif, AWaivedFindingIsSuppressedWithTheReason) {
  Result result;
  result.findings = {Of("POLICY0955", base::Severity::kError)};
  result.findings[0].waived = "until 2030-01-01: known";
  const json log = ToSarif(result, {"0.1.0", ""});
  ExpectValid(log, "waived");
  EXPECT_EQ(log["runs"][0]["properties"]["verdict"], "ok");
  EXPECT_EQ(log["runs"][0]["results"][0]["suppressions"][0]["justification"],
            "until 2030-01-01: known");
}

TEST(Sarif, EveryRuleCanStandInTheList) {
  Result result;
  for (const dialect::RuleEntry& entry : dialect::ArgumentRules()) {
    result.findings.push_back(Of(std::string(entry.rule->code), entry.rule->severity));
    result.findings.back().stage = entry.rule->stage;
  }
  ExpectValid(ToSarif(result, {"0.1.0", "megatron@0.19"}), "rules");
  ExpectValid(ToSarif({}, {"0.1.0", ""}), "none");
}

TEST(Sarif, IsUtf8WhateverTheInputHolds) {
  Result result;
  result.findings = {Of("CHECK0002", base::Severity::kError)};
  result.findings[0].diagnostic.message = "a\xFFz";
  result.findings[0].diagnostic.where[1].label = "\xC0";
  result.findings[0].diagnostic.where[1].at.file = "\xFE.txt";
  EXPECT_THAT(ToSarif(result, {}).dump(), Not(IsEmpty()));
}

}  // namespace
}  // namespace nam56r::check
