#include "src/launch/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace nam56r::launch {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

RankEvent Step(std::int64_t step, const json& more = json::object()) {
  json event = {{"event", "step"}, {"step", step}};
  event.update(more);
  return {3, event};
}

TEST(ProgressTest, LineOfAStep) {
  Progress progress({300, 4096, 10});
  EXPECT_EQ(progress.Line(), "starting");
  for (std::int64_t step = 1; step <= 120; ++step) {
    EXPECT_TRUE(progress.Feed(
        Step(step, {{"loss", 2.6124}, {"mtp_loss", 2.9}, {"tokens", 4096}, {"seconds", 0.35}}),
        static_cast<double>(step)));
  }
  EXPECT_EQ(progress.Line(),
            "step 120/300  loss 2.612  mtp 2.900  tokens/s 11.7 k  left 1 min 03 s");
}

TEST(ProgressTest, RateFromTheCallersClockWhenEventsDoNotSay) {
  Progress progress({0, 1000, 10});
  progress.Feed(Step(1), 60);  // starting up took a minute
  EXPECT_EQ(progress.Line(), "step 1");
  progress.Feed(Step(2), 62);
  EXPECT_DOUBLE_EQ(*progress.tokens_per_second(), 500);
  EXPECT_EQ(progress.Line(), "step 2  tokens/s 500");
  progress.Feed(Step(12), 72);  // ten steps at once
  EXPECT_GT(*progress.tokens_per_second(), 900);
}

TEST(ProgressTest, LossesThatAreNoNumbersShow) {
  Progress progress({10, 0, 1});
  progress.Feed(Step(1, {{"loss", nullptr}, {"mtp_loss", "Infinity"}}), 1);
  EXPECT_EQ(progress.Line(), "step 1/10  loss nan  mtp inf");
}

TEST(ProgressTest, ForeignEventsChangeNothing) {
  Progress progress({10, 0, 1});
  for (const char* text : {"{}", R"({"event":7})", R"({"event":"start","rank":0})",
                           R"({"event":"step"})", R"({"event":"step","step":"three"})",
                           R"({"event":"step","step":null})", R"({"event":"step","step":1e300})",
                           R"({"event":"step","step":-1})", R"({"event":"validation"})"}) {
    EXPECT_FALSE(progress.Feed({0, json::parse(text)}, 1)) << text;
  }
  EXPECT_EQ(progress.Line(), "starting");
  EXPECT_EQ(progress.PlainLine(), std::nullopt);
}

TEST(ProgressTest, AStepCountsOnce) {
  Progress progress({10, 100, 1});
  progress.Feed(Step(1), 1);
  progress.Feed(Step(2), 2);
  const auto rate = progress.tokens_per_second();
  EXPECT_TRUE(progress.Feed(Step(2, {{"loss", 1.5}}), 2.5)) << "but what it adds is shown";
  EXPECT_FALSE(progress.Feed(Step(1), 2.6));
  EXPECT_EQ(progress.tokens_per_second(), rate);
  EXPECT_EQ(progress.step(), 2);
  EXPECT_EQ(progress.loss(), 1.5);
}

TEST(ProgressTest, PlainLinesAreFewAndTellFirstAndLast) {
  Progress progress({25, 0, 10});
  std::vector<std::string> lines;
  for (std::int64_t step = 1; step <= 25; ++step) {
    progress.Feed(Step(step), static_cast<double>(step));
    while (auto line = progress.PlainLine()) lines.push_back(*line);
  }
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_THAT(lines[0], StartsWith("step 1/25"));
  EXPECT_THAT(lines[1], StartsWith("step 10/25"));
  EXPECT_THAT(lines[2], StartsWith("step 20/25"));
  EXPECT_THAT(lines[3], StartsWith("step 25/25"));
  EXPECT_THAT(lines[3], Not(HasSubstr("left")));
}

TEST(ProgressTest, ValidationIsToldOnce) {
  Progress progress({25, 0, 10});
  EXPECT_TRUE(progress.Feed({0, {{"event", "validation"}, {"step", 20}, {"loss", 2.345}}}, 9));
  EXPECT_EQ(progress.PlainLine(), "step 20  validation loss 2.345");
  EXPECT_EQ(progress.PlainLine(), std::nullopt);
}

TEST(ProgressTest, NothingThatARankSaysBreaksTheLine) {
  std::mt19937 random(11);
  const std::vector<json> values = {nullptr,
                                    true,
                                    -1,
                                    0,
                                    1,
                                    1e300,
                                    -1e300,
                                    1e-300,
                                    "NaN",
                                    "text",
                                    json::array({1}),
                                    json::object(),
                                    std::numeric_limits<std::int64_t>::max(),
                                    std::numeric_limits<std::uint64_t>::max(),
                                    12,
                                    3.7};
  for (int round = 0; round < 2000; ++round) {
    Progress progress({static_cast<std::int64_t>(random() % 20), 7, 3});
    for (int i = 0; i < 10; ++i) {
      json event = {{"event", random() % 4 == 0 ? "validation" : "step"}};
      for (const char* key : {"step", "loss", "mtp_loss", "tokens", "seconds"}) {
        if (random() % 3 != 0) event[key] = values[random() % values.size()];
      }
      progress.Feed({0, event}, static_cast<double>(random() % 100));
      EXPECT_LT(progress.Line().size(), 200u) << event;
      EXPECT_THAT(progress.Line(), Not(HasSubstr("\n")));
    }
  }
}

}  // namespace
}  // namespace nam56r::launch
