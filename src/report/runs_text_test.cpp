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

Entry RunNamed(const std::string& name, const json& loss_key) {
  Entry entry = json::object();
  for (const auto& column : launch::catalog::Columns()) entry[column.name] = nullptr;
  entry["run"] = name;
  entry["state"] = "succeeded";
  entry["loss_key"] = loss_key;
  return entry;
}

TEST(RunsText, AnEmptyListSaysSo) { EXPECT_EQ(RunsText({}), "no receipts\n"); }

TEST(RunsText, ComparableRunsShareALetter) {
  const std::vector<Entry> runs = {
      RunNamed("a", "2"),     RunNamed("b", "1"), RunNamed("c", nullptr), RunNamed("d", "2"),
      RunNamed("e", nullptr), RunNamed("f", "3"), RunNamed("g", "1")};
  EXPECT_THAT(ComparableGroups(runs, "loss_key"), ElementsAre("A", "B", "-", "A", "-", "-", "B"));
  EXPECT_THAT(RunsText(runs), HasSubstr("comparable"));
  EXPECT_THAT(RunsText({RunNamed("a", "1"), RunNamed("b", "2")}), Not(HasSubstr("comparable")));
}

TEST(RunsText, ALossThatIsNoNumberIsShownAsOne) {
  Entry run = RunNamed("a\x1b[31m", nullptr);
  run["last_loss"] = "NaN";
  EXPECT_THAT(RunsText({run}), AllOf(HasSubstr("NaN"), Not(HasSubstr("\x1b"))));
}

TEST(OutcomesText, SaysWhyRunsAreNotComparable) {
  const Entry run = RunNamed("a", nullptr);
  const std::string text = OutcomesText(
      run, run, {{"policy.batch.global_batch_size", 64, 80, "a step sees another number"}}, {});
  EXPECT_THAT(text, AllOf(HasSubstr("comparable in loss: no"),
                          HasSubstr("policy.batch.global_batch_size 64 vs 80: a step sees"),
                          HasSubstr("comparable in speed: yes")));
}

}  // namespace
}  // namespace nam56r::report
