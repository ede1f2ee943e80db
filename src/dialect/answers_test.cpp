// Rewrites against recorded answers of the releases themselves, where they lie beside the checkout:
// what each changed in thousands of command lines, those of this model among them. The rules follow
// the releases' sources; the answers only hold them to it. Verdicts are held to them in
// src/check/answers_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "src/dialect/megatron.h"
#include "src/dialect/rewrite_rules.h"
#include "src/dialect/test_answers.h"
#include "src/seams/test_launch.h"

namespace nam56r::dialect {
namespace {

using nlohmann::json;
using Strings = std::vector<std::string>;
using Values = std::map<std::string, json>;

bool IsMutated(const json& row) { return !row.value("mutations", json::array()).empty(); }

Surroundings SurroundingsOf(const json& row) {
  Surroundings surroundings;
  surroundings.world_size = row.at("world");
  for (const auto& [name, value] : row.at("env").items()) {
    surroundings.environment[name] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return surroundings;
}

EffectiveArgs ArgsOf(const json& row, const std::string& dialect) {
  const Strings argv = row.at("argv");
  return EffectiveArgs(*FindRelease(dialect), argv, SurroundingsOf(row));
}

// The recordings show a list of one as its element.
json Plain(json value) {
  return value.is_array() && value.size() == 1 ? value.front() : std::move(value);
}

Values Ours(const EffectiveArgs& raw) {
  EffectiveArgs args = raw;
  Values values;
  for (const Rewrite& rewrite : ApplyRewrites(args, {.unused_removals = true, .at_build = false})) {
    const json from = Plain(rewrite.from);
    const json to = Plain(rewrite.to);
    if (from != to || to.is_null()) values[rewrite.dest] = {from, to, rewrite.given};
  }
  return values;
}

Values Theirs(const json& row) {
  Values values;
  for (const char* list : {"overridden", "flipped"}) {
    for (const auto& [dest, change] : row.at(list).items()) {
      values[dest] = {change[0], change[1], std::string_view(list) == "overridden"};
    }
  }
  return values;
}

class Answers : public testing::TestWithParam<RecordedRelease> {
 protected:
  void SetUp() override {
    if (rows_.empty()) GTEST_SKIP() << "no recorded answers beside this checkout";
  }
  const std::vector<json> rows_ = RecordedRows(GetParam().file);
};

TEST_P(Answers, RewritesAreThoseThatTheReleaseMade) {
  std::map<std::string, int> wrong;
  int same = 0;
  int seen = 0;
  for (const json& row : rows_) {
    if (row.at("verdict") != "ok") continue;
    ++seen;
    const Values ours = Ours(ArgsOf(row, GetParam().dialect));
    const Values theirs = Theirs(row);
    if (ours == theirs) {
      ++same;
      continue;
    }
    for (const auto& [dest, change] : theirs) {
      const auto it = ours.find(dest);
      if ((it == ours.end() || it->second != change) && ++wrong[dest] <= 2) {
        ADD_FAILURE() << row.at("id") << " " << dest << ": ours "
                      << (it == ours.end() ? "none" : it->second.dump()) << ", theirs "
                      << change.dump();
      }
    }
    for (const auto& [dest, change] : ours) {
      if (!theirs.contains(dest) && ++wrong[dest] <= 2) {
        ADD_FAILURE() << row.at("id") << " " << dest << ": ours " << change.dump()
                      << ", theirs none";
      }
    }
  }
  RecordProperty("rows", seen);
  RecordProperty("same", same);
}

struct Base {
  std::string name;
  seams::Change change;
};

// The launches that the recorded base lines are.
std::vector<Base> Bases(int minor) {
  std::vector<Base> bases = {
      {"nam56r_author", [](auto&, auto&) {}},
      {"nam56r_tp2_sp",
       [](auto& r, auto& p) {
         r.model.attention = "gqa";
         p.layout.tensor_parallel = 2;
         p.layout.expert_tensor_parallel = 2;
         p.layout.sequence_parallel = true;
       }},
      {"nam56r_pp2_vpp2",
       [minor](auto&, auto& p) {
         p.layout.pipeline_parallel = 2;
         if (minor == 16) return;  // whose recorded line has neither chunks nor MTP
         p.layout.virtual_pipeline_parallel = 2;
         p.mtp.depth = 1;
       }},
  };
  if (minor >= 17) {
    bases.push_back({"nam56r_ep8_mtp2", [](auto&, auto& p) {
                       p.mtp.depth = 2;
                       p.layout.expert_parallel = 8;
                     }});
  }
  if (minor >= 18) {
    bases.push_back({"nam56r_dsa", [minor](auto& r, auto&) {
                       r.dsa.ranks = {1, 2, 3, 5, 6, 7, 9, 10, 11};
                       if (minor == 18) r.dsa.ranks = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
                     }});
  }
  return bases;
}

std::string After(const Strings& argv, std::string_view flag) {
  const auto it = std::find(argv.begin(), argv.end(), flag);
  return it == argv.end() || it + 1 == argv.end() ? "" : *(it + 1);
}

// A contract for the launch that a recorded line is meets the same changes. Left out on both sides:
// what one of the two gives and the other leaves to the release.
TEST_P(Answers, AContractForTheSameLaunchMeetsTheSameChanges) {
  const Release& release = *FindRelease(GetParam().dialect);
  for (const Base& base : Bases(release.minor)) {
    const auto row = std::find_if(rows_.begin(), rows_.end(), [&](const json& r) {
      return r.at("base") == base.name && !IsMutated(r);
    });
    ASSERT_NE(row, rows_.end()) << base.name;
    const Strings argv = row->at("argv");
    const seams::TestLaunch launch = seams::H200([&](recipe::Recipe& r, policy::Policy& p) {
      r.dsa.ranks.clear();
      p.mtp.depth = 0;
      p.batch.micro_batch_size = std::stoll(After(argv, "--micro-batch-size"));
      p.batch.global_batch_size = std::stoll(After(argv, "--global-batch-size"));
      base.change(r, p);
    });
    const Context context = launch.On(GetParam().dialect);
    Lowered lowered;
    lowered.args = MegatronArgs(context, release);
    lowered.fields = MegatronFields(context, release);
    const EffectiveArgs contract = ArgumentsOf(context, release, lowered);
    const EffectiveArgs recorded = ArgsOf(*row, GetParam().dialect);
    EXPECT_EQ(LayerPattern(contract), LayerPattern(recorded)) << base.name;
    const auto shared = [&](Values values) {
      std::erase_if(values, [&](const auto& value) {
        return contract.Given(value.first) != recorded.Given(value.first);
      });
      return json(values).dump(1);
    };
    EXPECT_EQ(shared(Ours(contract)), shared(Theirs(*row))) << base.name;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryRelease, Answers, testing::ValuesIn(kRecordedReleases),
                         [](const auto& one) {
                           return "Megatron0" + one.param.dialect.substr(11);
                         });

}  // namespace
}  // namespace nam56r::dialect
