#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/contract/test_contracts.h"
#include "src/report/seams_page.h"

namespace nam56r::report {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

json DocumentOf(const seams::Change& change) {
  return contract::ToJson(contract::MustCompile(seams::H200(change)));
}

SeamsPage PageOf(json document) {
  document["digest"] = contract::DigestOf(document);
  auto read = contract::Parse(document.dump(), "contract.json");
  EXPECT_TRUE(read) << (read ? "" : read.errors().front().message);
  return read ? MakeSeamsPage(*read) : SeamsPage{};
}

void Nothing(recipe::Recipe&, policy::Policy&) {}

std::vector<std::string> Column(const json& list, const char* key) {
  std::vector<std::string> values;
  for (const json& item : list) values.push_back(item.at(key));
  return values;
}

TEST(SeamsPage, SaysOfEachSeamWhyWhereAndWhatWithout) {
  const SeamsPage page = PageOf(DocumentOf(Nothing));
  const json shown = ToJson(page, /*all=*/false);
  EXPECT_EQ(shown.at("dialect"), "megatron@0.19");
  EXPECT_FALSE(shown.contains("unused"));
  const json& m2rnn = shown.at("seams").at(0);
  EXPECT_EQ(m2rnn.at("id"), "m2rnn-mixer");
  EXPECT_EQ(m2rnn.at("level"), "required");
  EXPECT_EQ(m2rnn.at("layers").size(), 4u);
  EXPECT_EQ(m2rnn.at("asked_by").at(0).at("field"), "recipe.model.pattern");
  EXPECT_THAT(m2rnn.at("asked_by").at(0).at("origin").get<std::string>(),
              HasSubstr("nam56r.toml:"));
  EXPECT_EQ(m2rnn.at("settings").at("NAM56R_M2RNN_KEY_HEAD_DIM"), "64");
  EXPECT_EQ(m2rnn.at("probe").at("checks").at(0).at("module"), "nam56r_seams.m2rnn_mixer");
  EXPECT_EQ(m2rnn.at("proof").at("scope"), "layers");
  EXPECT_EQ(m2rnn.at("recorded_only"), false);

  const std::string text = SeamsText(page, /*all=*/false);
  for (const char* part :
       {"m2rnn-mixer  required, on R", "12 (R0), 24 (R1), 36 (R2), 48 (R3)",
        "NAM56R_M2RNN_KEY_HEAD_DIM=64", "the R layers train as Mamba-2", "5 required"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, Not(HasSubstr("not part of this launch")));
}

TEST(SeamsPage, TellsWhatComesFromTheRecipeAlone) {
  const json shown = ToJson(PageOf(DocumentOf(Nothing)), /*all=*/false);
  EXPECT_THAT(Column(shown.at("recipe_alone"), "flag"), Contains("--num-experts"));
  EXPECT_THAT(Column(shown.at("recipe_alone"), "flag"), Not(Contains("--hybrid-layer-pattern")));
  for (const json& flag : shown.at("recipe_with_seams")) {
    if (flag.at("flag") != "--hybrid-layer-pattern") continue;
    EXPECT_THAT(flag.at("seams").get<std::vector<std::string>>(), Contains("m2rnn-mixer"));
    return;
  }
  FAIL() << "R is written as M, and only a seam tells them apart";
}

TEST(SeamsPage, ShowsRecommendedSeamsWithTheirCostAndTheOthersOnDemand) {
  const SeamsPage page = PageOf(DocumentOf(
      [](recipe::Recipe&, policy::Policy& p) { std::erase(p.seams.required, "mamba-recompute"); }));
  const json shown = ToJson(page, /*all=*/true);
  EXPECT_THAT(Column(shown.at("recommended"), "id"), testing::ElementsAre("mamba-recompute"));
  EXPECT_THAT(shown.at("recommended").at(0).at("without").get<std::string>(), HasSubstr("129 GiB"));
  EXPECT_THAT(Column(shown.at("unused"), "id"), Contains("dualpipev"));
  // Every seam is somewhere, once.
  EXPECT_EQ(shown.at("seams").size() + shown.at("recommended").size() + shown.at("unused").size(),
            seams::Registry().size());
  const std::string text = SeamsText(page, /*all=*/true);
  EXPECT_THAT(text, HasSubstr("recommended and not listed\n    mamba-recompute"));
  EXPECT_THAT(text, HasSubstr("not part of this launch"));
  EXPECT_THAT(text, HasSubstr("dualpipev"));
}

TEST(SeamsPage, SaysOfANativeContractThatThereAreNone) {
  const json document = contract::ToJson(contract::MustCompile(seams::Laptop()));
  const SeamsPage page = PageOf(document);
  const json shown = ToJson(page, /*all=*/true);
  EXPECT_TRUE(shown.at("seams").empty());
  EXPECT_TRUE(shown.at("recommended").empty());
  EXPECT_THAT(SeamsText(page, /*all=*/false), HasSubstr("native, 0 seams"));
}

// The digest vouches for nobody: whoever changes a contract can give it a new one.
TEST(SeamsPage, PrintsNothingThatControlsATerminal) {
  json document = DocumentOf(Nothing);
  json& seam = document.at("seams").at(0);
  seam["id"] = "\x1b[2J";
  seam["why"] = "one\ntwo\x07";
  seam["layers"] = {"1", "\x1b]0;title"};
  seam["recorded_only"] = true;
  document["provenance"]["recipe.model.pattern"] = {{"file", "/home/someone/secret/run.toml"},
                                                    {"line", 3}};
  const SeamsPage page = PageOf(document);
  const std::string text = SeamsText(page, /*all=*/true);
  for (char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  EXPECT_THAT(text, HasSubstr("\\x1b[2J"));
  EXPECT_THAT(text, Not(HasSubstr("/home")));
  EXPECT_THAT(ToJson(page, /*all=*/true).dump(), Not(HasSubstr("/home")));
}

}  // namespace
}  // namespace nam56r::report
