#include "src/check/batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "src/check/command_line.h"
#include "src/check/json.h"
#include "src/dialect/rule_examples.h"

namespace nam56r::check {
namespace {

using nlohmann::json;
using testing::HasSubstr;

struct Answer {
  BatchCounts counts;
  std::vector<json> lines;
};

Answer Batch(const std::string& text, const std::string& dialect = "megatron@0.19") {
  std::istringstream in(text);
  std::ostringstream out;
  const auto counts = CheckBatch(*dialect::FindRelease(dialect), in, out);
  Answer answer{counts.value(), {}};
  std::istringstream lines(out.str());
  for (std::string line; std::getline(lines, line);) answer.lines.push_back(json::parse(line));
  return answer;
}

TEST(CheckBatch, AnswersALineEachInOrder) {
  std::string text;
  std::vector<json> expected;
  for (const auto& [rule, group, name] : dialect::ArgumentRules()) {
    const dialect::Release& release = *dialect::FindRelease("megatron@0.19");
    if (!rule->releases.Includes(release.minor)) continue;
    dialect::ExampleLine line = dialect::Example(release, rule->fails);
    // A line of a batch says no more of where it runs.
    line.surroundings = {.world_size = line.surroundings.world_size,
                         .environment = line.surroundings.environment};
    text += json{{"id", rule->code},
                 {"argv", line.argv},
                 {"world", line.surroundings.world_size},
                 {"env", line.surroundings.environment}}
                .dump() +
            "\n";
    expected.push_back(ToJson(CheckCommandLine(release, line.argv, line.surroundings)));
    expected.back()["id"] = rule->code;
  }
  const Answer answer = Batch(text);
  ASSERT_EQ(answer.lines.size(), expected.size());
  EXPECT_EQ(answer.counts.lines, static_cast<std::int64_t>(expected.size()));
  EXPECT_EQ(answer.counts.malformed, 0);
  std::int64_t refused = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(answer.lines[i], expected[i]);
    refused += expected[i].at("verdict") == "refused" ? 1 : 0;
  }
  EXPECT_EQ(answer.counts.refused, refused);
}

TEST(CheckBatch, KeepsTheIdAsItIs) {
  const Answer answer = Batch(R"({"id":"a\"\u00e9\n","argv":["--bf16"]}
{"argv":["--bf16"],"id":{"row":[1,2.5,null]}}
{"argv":["--bf16"],"world":16,"env":{"RANK":0,"X":"y"},"more":"ignored"}

)");
  ASSERT_EQ(answer.lines.size(), 3u);
  EXPECT_EQ(answer.lines[0].at("id"), "a\"\xc3\xa9\n");
  EXPECT_EQ(answer.lines[1].at("id"), json({{"row", {1, 2.5, nullptr}}}));
  EXPECT_EQ(answer.lines[2].at("id"), nullptr);
  EXPECT_EQ(answer.counts.malformed, 0);
}

TEST(CheckBatch, GoesOnBehindALineThatCannotBeRead) {
  const std::vector<std::string> malformed = {
      "{",
      "[]",
      "\"text\"",
      R"({"id":7})",
      R"({"id":7,"argv":"--bf16"})",
      R"({"id":7,"argv":["--bf16",1]})",
      R"({"id":7,"argv":["a\u0000b"]})",
      R"({"id":7,"argv":[],"world":0})",
      R"({"id":7,"argv":[],"world":"8"})",
      R"({"id":7,"argv":[],"world":1e30})",
      R"({"id":7,"argv":[],"env":["A=b"]})",
      R"({"id":7,"argv":[],"env":{"A":{}}})",
      R"({"id":7,"argv":[]} {"id":8,"argv":[]})",
      "{\"id\":7,\"argv\":[\"\xff\"]}",
      R"({"id":7,"argv":[)" + std::string(5000, '[') + std::string(5000, ']') + "]}",
  };
  std::string text;
  for (const std::string& line : malformed)
    text += line + "\n" + R"({"id":1,"argv":["-h"]})" + "\n";
  const Answer answer = Batch(text);
  ASSERT_EQ(answer.lines.size(), 2 * malformed.size());
  EXPECT_EQ(answer.counts.malformed, static_cast<std::int64_t>(malformed.size()));
  for (std::size_t i = 0; i < malformed.size(); ++i) {
    const json& line = answer.lines[2 * i];
    EXPECT_EQ(line.at("verdict"), "refused") << malformed[i];
    const json& finding = line.at("findings").at(0);
    EXPECT_EQ(finding.at("code"), "POLICY0912") << malformed[i];
    EXPECT_EQ(finding.at("where").at(0).at("line"), 2 * i + 1);
    EXPECT_EQ(answer.lines[2 * i + 1].at("findings").at(0).at("code"), "POLICY0908");
  }
  EXPECT_EQ(answer.lines[2 * 3].at("id"), 7);  // read before the line was found to lack something
}

TEST(CheckBatch, PassesOverLinesThatAreTooLong) {
  const std::string endless = R"({"id":1,"argv":[")" + std::string(3 * kMostLineBytes, 'x');
  const std::string text = endless + "\"]}\n" + R"({"id":2,"argv":["--bf16"]})" + "\n" + endless;
  const Answer answer = Batch(text);
  ASSERT_EQ(answer.lines.size(), 3u);
  EXPECT_EQ(answer.lines[0].at("findings").at(0).at("code"), "POLICY0912");
  EXPECT_THAT(answer.lines[0].at("findings").at(0).at("message").get<std::string>(),
              HasSubstr("too long"));
  EXPECT_EQ(answer.lines[1].at("id"), 2);
  EXPECT_EQ(answer.lines[2].at("findings").at(0).at("code"), "POLICY0912");
}

// Words without end cost neither time nor memory.
TEST(CheckBatch, StopsCountingWords) {
  std::string text = R"({"id":1,"argv":[)";
  while (text.size() < kMostLineBytes - 100) text += R"("",)";
  const Answer answer = Batch(text + R"(""]})");
  ASSERT_EQ(answer.lines.size(), 1u);
  EXPECT_EQ(answer.lines[0].at("id"), 1);
  EXPECT_EQ(answer.lines[0].at("findings").at(0).at("code"), "POLICY0912");
}

TEST(CheckBatch, OfNothingIsNothing) {
  EXPECT_TRUE(Batch("").lines.empty());
  EXPECT_TRUE(Batch("\n \r\n").lines.empty());
  EXPECT_EQ(Batch(R"({"argv":[]})").lines.size(), 1u);  // without an end of line
}

TEST(CheckBatch, SaysThatTheOutputTakesNoMore) {
  std::istringstream in(R"({"argv":[]})");
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  const auto counts = CheckBatch(dialect::Releases().back(), in, out);
  ASSERT_FALSE(counts);
  EXPECT_EQ(counts.errors().front().code, "CHECK0001");
}

}  // namespace
}  // namespace nam56r::check
