// Checks of raw command lines against recorded answers of the releases themselves, where they lie
// beside the checkout: whether each took thousands of command lines, at which stage it did not, and
// what it changed. Rules follow the releases' sources; the answers only hold them to it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "src/check/command_line.h"
#include "src/dialect/test_answers.h"

namespace nam56r::check {
namespace {

using nlohmann::json;

// A file that the machine of the recording did not have says nothing of the command line.
bool MissesAFile(const json& row) {
  if (!row.at("error").is_string()) return false;
  const std::string& error = row.at("error").get_ref<const std::string&>();
  return error.starts_with("FileNotFoundError") || error.find("No such file") != error.npos;
}

std::string Base(const json& row) {
  const std::string base = row.at("base");
  return base.substr(0, base.find('/'));  // those of functional tests in one
}

Result Checked(const json& row, const std::string& dialect) {
  dialect::Surroundings surroundings;
  surroundings.world_size = row.at("world");
  for (const auto& [name, value] : row.at("env").items()) {
    surroundings.environment[name] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  const std::vector<std::string> argv = row.at("argv");
  return CheckCommandLine(*dialect::FindRelease(dialect), argv, surroundings);
}

bool RefusedAtOnce(const Result& result) {
  return std::any_of(result.findings.begin(), result.findings.end(), [](const Finding& finding) {
    return finding.diagnostic.severity == base::Severity::kError &&
           (finding.stage == Stage::kParse || finding.stage == Stage::kValidate);
  });
}

struct Tally {
  int right = 0;
  int seen = 0;
  void Add(bool is_right) {
    right += is_right ? 1 : 0;
    ++seen;
  }
  double percent() const { return seen == 0 ? 100 : 100.0 * right / seen; }
};

// The recordings show a list of one as its element, and what left the namespace as null.
json Plain(const json& value) {
  return value.is_array() && value.size() == 1 ? value.front() : value;
}

using Changes = std::map<std::string, json>;

Changes RecordedChanges(const json& row, const char* list) {
  Changes changes;
  for (const auto& [dest, change] : row.at(list).items()) changes[dest] = change;
  return changes;
}

Changes Ours(const Result& result, bool given) {
  Changes changes;
  for (const dialect::Rewrite& rewrite : result.rewrites) {
    if (rewrite.given == given) changes[rewrite.dest] = {Plain(rewrite.from), Plain(rewrite.to)};
  }
  return changes;
}

int Shared(const Changes& some, const Changes& others) {
  return static_cast<int>(std::count_if(some.begin(), some.end(), [&](const auto& change) {
    const auto it = others.find(change.first);
    return it != others.end() && it->second == change.second;
  }));
}

class Answers : public testing::TestWithParam<dialect::RecordedRelease> {
 protected:
  void SetUp() override {
    if (rows_.empty()) GTEST_SKIP() << "no recorded answers beside this checkout";
  }
  const std::vector<json> rows_ = dialect::RecordedRows(GetParam().file);
};

TEST_P(Answers, VerdictsAreTheReleases) {
  std::map<std::pair<std::string, std::string>, Tally> table;
  Tally all;
  Tally taken;
  for (const json& row : rows_) {
    if (MissesAFile(row)) continue;
    const Result result = Checked(row, GetParam().dialect);
    const bool refused = row.at("verdict") == "refused";
    // What is built or run later, nobody asked the release.
    const bool right = refused ? result.refused() : !RefusedAtOnce(result);
    all.Add(right);
    if (!refused) taken.Add(right);
    table[{Base(row), refused ? row.at("stage").get<std::string>() : "taken"}].Add(right);
    if (!right) {
      std::cout << row.at("id") << ' '
                << (refused ? "missed: " + row.at("error").dump()
                            : result.findings.front().diagnostic.message)
                << '\n';
    }
  }
  std::cout << GetParam().dialect << "\n";
  for (const auto& [key, tally] : table) {
    std::cout << fmt::format("  {:<20} {:<10} {:>5} right {:>4} wrong\n", key.first, key.second,
                             tally.right, tally.seen - tally.right);
  }
  std::cout << fmt::format("  agreement {:.2f} %, taken and not refused {:.2f} %\n", all.percent(),
                           taken.percent());
  EXPECT_GT(all.seen, 2400);
  EXPECT_GT(taken.seen, 1500);
  EXPECT_GE(all.percent(), 98);
  EXPECT_GE(taken.percent(), 99);
}

TEST_P(Answers, ChangesAreTheReleases) {
  int recorded[2] = {};
  int ours[2] = {};
  int shared[2] = {};
  std::map<std::string, int> missed;
  std::map<std::string, int> invented;
  for (const json& row : rows_) {
    if (row.at("verdict") != "ok") continue;
    const Result result = Checked(row, GetParam().dialect);
    for (const bool given : {false, true}) {
      const Changes theirs = RecordedChanges(row, given ? "overridden" : "flipped");
      const Changes mine = Ours(result, given);
      recorded[given] += static_cast<int>(theirs.size());
      ours[given] += static_cast<int>(mine.size());
      shared[given] += Shared(theirs, mine);
      for (const auto& [dest, change] : theirs) {
        const auto it = mine.find(dest);
        if (it == mine.end() || it->second != change) ++missed[(given ? "given " : "") + dest];
      }
      for (const auto& [dest, change] : mine) {
        if (given && !theirs.contains(dest)) ++invented[dest];
      }
    }
  }
  const auto percent = [](int some, int all) { return all == 0 ? 100 : 100.0 * some / all; };
  std::cout << fmt::format(
      "{}: overridden {} recorded, {} predicted, precision {:.2f} %, recall {:.2f} %; flipped {} "
      "recorded, recall {:.2f} %\n",
      GetParam().dialect, recorded[1], ours[1], percent(shared[1], ours[1]),
      percent(shared[1], recorded[1]), recorded[0], percent(shared[0], recorded[0]));
  for (const auto& [dest, count] : missed) std::cout << "  missed " << dest << " " << count << "\n";
  for (const auto& [dest, count] : invented) {
    std::cout << "  not recorded " << dest << " " << count << "\n";
  }
  EXPECT_GT(recorded[1], 50);
  EXPECT_GT(recorded[0], 20000);
  EXPECT_GE(percent(shared[1], ours[1]), 99);
  EXPECT_GE(percent(shared[1], recorded[1]), 99);
  EXPECT_GE(percent(shared[0], recorded[0]), 95);
}

INSTANTIATE_TEST_SUITE_P(EveryRelease, Answers, testing::ValuesIn(dialect::kRecordedReleases),
                         [](const auto& one) {
                           return "Megatron0" + one.param.dialect.substr(11);
                         });

}  // namespace
}  // namespace nam56r::check
