#include "src/check/contract_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "src/base/temporary_directory.h"
#include "src/check/json.h"
#include "src/contract/test_contracts.h"
#include "src/dialect/rule_codes.h"

namespace nam56r::check {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
constexpr const char* kToday = "2026-08-01";

contract::ReadContract Read(const contract::Contract& contract) {
  auto read = contract::Parse(contract::ToJson(contract).dump(), "run.json");
  EXPECT_TRUE(read) << read.errors().front().message;
  return std::move(*read);
}

std::vector<std::string> Errors(const Result& result) {
  std::vector<std::string> codes;
  for (const Finding& finding : result.findings) {
    if (finding.diagnostic.severity == base::Severity::kError && !finding.waived) {
      codes.push_back(finding.diagnostic.code);
    }
  }
  return codes;
}

TEST(ContractCheck, FindsNothingWrongInAnyShippedContract) {
  for (const contract::ShippedContract& shipped : contract::ShippedContracts()) {
    const contract::ReadContract read = Read(shipped.contract);
    const CheckedLaunch checked = CheckContract(read, kToday);
    EXPECT_THAT(Errors(checked.result), IsEmpty()) << shipped.name;
    EXPECT_FALSE(checked.result.refused()) << shipped.name;
    EXPECT_EQ(checked.dialect, read.dialect);
    EXPECT_EQ(checked.result.rewrites.size(), read.document.at("rewrites").size()) << shipped.name;
    ASSERT_EQ(checked.line.has_value(), read.dialect != "native") << shipped.name;
    if (!checked.line) continue;
    // Word for word what the contract says.
    std::vector<std::string> words;
    for (const json& arg : read.document.at("generated_native_args")) {
      words.push_back(arg.at("flag"));
      for (const json& value : arg.at("values")) words.push_back(value);
    }
    ASSERT_GE(checked.line->argv.size(), words.size());
    EXPECT_TRUE(std::equal(words.begin(), words.end(), checked.line->argv.begin()));
    EXPECT_EQ(checked.line->world_size, read.policy.layout.world_size);
  }
}

TEST(ContractCheck, SaysThatAnotherVersionWroteTheContract) {
  json document = contract::ToJson(contract::MustCompile(seams::H200()));
  document["rewrites"][0]["why"] = "another reason";
  document["digest"] = contract::DigestOf(document);
  const auto read = contract::Parse(document.dump(), "run.json");
  ASSERT_TRUE(read);
  EXPECT_THAT(Errors(CheckContract(*read, kToday).result), Contains("CONTRACT0006"));
}

TEST(ContractCheck, NamesTheLinesOfTheContractsProvenance) {
  const auto launch = seams::H200([](recipe::Recipe&, policy::Policy& policy) {
    policy.waivers["SEAM0005"] = "until 2020-01-01: was measured";
  });
  auto compiled = contract::Compile(launch.recipe, launch.policy, {});
  ASSERT_TRUE(compiled);
  json document = contract::ToJson(*compiled);
  document["provenance"]["policy.waivers.SEAM0005"] = {{"file", "p.toml"}, {"line", 41}};
  const auto read = contract::Parse(document.dump(), "run.json");
  ASSERT_TRUE(read);
  const CheckedLaunch checked = CheckContract(*read, kToday);
  ASSERT_THAT(Errors(checked.result), Contains("POLICY0953"));
  EXPECT_TRUE(checked.result.refused());
  EXPECT_EQ(ToString(checked.result.findings.front().diagnostic.where.front().at), "p.toml:41");
}

TEST(ContractCheck, ShowsNoLineThatSpeaksOfSomethingElseByNow) {
  const base::TemporaryDirectory folder;
  const std::string file = folder.path() / "p.toml";
  const auto launch = seams::H200([](recipe::Recipe&, policy::Policy& policy) {
    policy.waivers["SEAM0005"] = "until 2020-01-01: was measured";
  });
  json document = contract::ToJson(*contract::Compile(launch.recipe, launch.policy, {}));
  document["provenance"]["policy.waivers.SEAM0005"] = {{"file", file}, {"line", 2}};
  const auto place = [&](const std::string& text) {
    std::ofstream(file) << text;
    const auto read = contract::Parse(document.dump(), "run.json");
    const CheckedLaunch checked = CheckContract(*read, kToday);
    return checked.result.findings.front().diagnostic.where.front();
  };
  EXPECT_EQ(place("\nSEAM0005 = \"...\"\n").at.line, 2);
  for (const char* text : {"\nlr = 1\n", "", "SEAM0005\n"}) {
    EXPECT_EQ(place(text).at.line, 0);
    EXPECT_THAT(place(text).label, HasSubstr("its line 2 when"));
  }
}

// A launch that is refused is told of all that is wrong and of what the release changes.
TEST(ContractCheck, GoesOnAfterARefusal) {
  const auto launch = seams::H200([](recipe::Recipe&, policy::Policy& policy) {
    policy.optimizer.min_lr = policy.optimizer.lr * 2;
  });
  const CheckedLaunch checked = CheckLaunch(launch.recipe, launch.policy, "", kToday);
  EXPECT_TRUE(checked.result.refused());
  EXPECT_THAT(checked.result.rewrites, Not(IsEmpty()));
  EXPECT_TRUE(checked.line.has_value());
  EXPECT_EQ(checked.result.findings.front().diagnostic.severity, base::Severity::kError);
  const CheckedLaunch unknown = CheckLaunch(launch.recipe, launch.policy, "megatron@0.91", kToday);
  EXPECT_THAT(Errors(unknown.result), Contains("DIALECT0003"));
}

TEST(ContractCheck, AWaivedFindingIsShownAndRefusesNothing) {
  const auto with = [](const std::string& text) {
    return seams::H200([&](recipe::Recipe&, policy::Policy& policy) {
      std::erase(policy.seams.required, "mamba-recompute");
      if (!text.empty()) policy.waivers["SEAM0005"] = text;
    });
  };
  const auto of = [](const Result& result, std::string_view code) {
    return std::find_if(result.findings.begin(), result.findings.end(),
                        [&](const Finding& f) { return f.diagnostic.code == code; });
  };
  const auto plain = with("");
  const Result before = CheckLaunch(plain.recipe, plain.policy, "", kToday).result;
  ASSERT_NE(of(before, "SEAM0005"), before.findings.end());
  EXPECT_FALSE(of(before, "SEAM0005")->waived);
  const auto launch = with("until 2030-01-01: slow is fine");
  const Result after = CheckLaunch(launch.recipe, launch.policy, "", kToday).result;
  ASSERT_NE(of(after, "SEAM0005"), after.findings.end());
  EXPECT_EQ(of(after, "SEAM0005")->waived, "until 2030-01-01: slow is fine");
  EXPECT_EQ(of(after, "POLICY0954"), after.findings.end());
  EXPECT_THAT(ToJson(after).dump(), HasSubstr("slow is fine"));
}

TEST(ContractCheck, EveryRuleHasTheStageOfItsFindings) {
  for (const dialect::RuleEntry& entry : dialect::ArgumentRules()) {
    base::Diagnostic finding;
    finding.code = entry.rule->code;
    EXPECT_EQ(StageOf(finding), entry.rule->stage);
  }
  base::Diagnostic finding;
  finding.code = "SCHEMA0001";
  EXPECT_EQ(StageOf(finding), Stage::kParse);
  finding.code = "SEAM0001";
  finding.surface = base::Surface::kSeam;
  EXPECT_EQ(StageOf(finding), Stage::kBuild);
}

// Whatever somebody does to a contract, a check refuses it or reads it.
TEST(ContractCheck, NoChangedContractIsTooMuch) {
  const json whole = contract::ToJson(contract::MustCompile(seams::H200()));
  const json flat = whole.flatten();
  std::vector<std::string> places;
  for (const auto& [place, value] : flat.items()) places.push_back(place);
  std::mt19937 random(5);  // NOLINT: the same every time
  const json kOthers[] = {nullptr, 17, "x", true, json::array(), json::object(), json::array({1})};
  for (int i = 0; i < 80; ++i) {
    std::string place = places[random() % places.size()];
    // Some way up from the leaf.
    for (unsigned up = random() % 4; up > 0 && place.rfind('/') > 0; --up) {
      place.resize(place.rfind('/'));
    }
    json broken = whole;
    broken[json::json_pointer(place)] = kOthers[random() % std::size(kOthers)];
    broken["digest"] = contract::DigestOf(broken);
    const auto read = contract::Parse(broken.dump(), "run.json");
    if (!read) continue;
    const CheckedLaunch checked = CheckContract(*read, kToday);
    EXPECT_TRUE(checked.result.refused() || place.starts_with("/provenance")) << place;
  }
}

}  // namespace
}  // namespace nam56r::check
