#include "src/report/runs_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nam56r::report {
namespace {

using launch::catalog::Entry;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Entry Row(const std::string& name, const json& loss_key) {
  Entry entry = json::object();
  for (const auto& column : launch::catalog::Columns()) entry[column.name] = nullptr;
  entry["run"] = name;
  entry["state"] = "succeeded";
  entry["loss_key"] = loss_key;
  return entry;
}

TEST(RunsText, AnEmptyListSaysSo) { EXPECT_EQ(RunsText({}), "no receipts\n"); }

TEST(RunsText, ComparableRunsShareALetter) {
  const std::vector<Entry> runs = {Row("a", "2"), Row("b", "1"),     Row("c", nullptr),
                                   Row("d", "2"), Row("e", nullptr), Row("f", "3"),
                                   Row("g", "1")};
  EXPECT_THAT(ComparableGroups(runs, "loss_key"), ElementsAre("A", "B", "-", "A", "-", "-", "B"));
  EXPECT_THAT(RunsText(runs), HasSubstr("comparable"));
  EXPECT_THAT(RunsText({Row("a", "1"), Row("b", "2")}), Not(HasSubstr("comparable")));
}

TEST(RunsText, ALossThatIsNoNumberIsShownAsOne) {
  Entry run = Row("a\x1b[31m", nullptr);
  run["last_loss"] = "NaN";
  EXPECT_THAT(RunsText({run}), AllOf(HasSubstr("NaN"), Not(HasSubstr("\x1b"))));
}

TEST(OutcomesText, SaysWhyRunsAreNotComparable) {
  const Entry run = Row("a", nullptr);
  const std::string text = OutcomesText(
      run, run, {{"policy.batch.global_batch_size", 64, 80, "a step sees another number"}}, {});
  EXPECT_THAT(text, AllOf(HasSubstr("comparable in loss: no"),
                          HasSubstr("policy.batch.global_batch_size 64 vs 80: a step sees"),
                          HasSubstr("comparable in speed: yes")));
}

}  // namespace
}  // namespace nam56r::report
