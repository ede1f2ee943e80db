#include "src/contract/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "src/base/canonical_json.h"
#include "src/contract/contract.h"
#include "src/contract/test_contracts.h"

namespace nam56r::contract {
namespace {

using nlohmann::json;
using seams::H200;
using seams::Laptop;

std::string CodeOf(const std::string& text) {
  auto contract = Parse(text, "x.json");
  return contract ? "" : contract.errors().front().code;
}

json Document(const seams::TestLaunch& launch) { return ToJson(MustCompile(launch)); }

// As whoever wants the digest to fit would write it.
std::string Resealed(json document) {
  document["digest"] = DigestOf(document);
  return document.dump();
}

TEST(Reader, GivesBackWhatWasCompiled) {
  for (const seams::TestLaunch& launch : {H200(), Laptop()}) {
    const Contract compiled = MustCompile(launch);
    const json document = ToJson(compiled);
    for (const std::string& text :
         {document.dump(), document.dump(2), base::CanonicalJson(document)}) {
      auto read = Parse(text, "x.json");
      ASSERT_TRUE(read) << read.errors().front().message;
      EXPECT_EQ(read->dialect, compiled.dialect);
      EXPECT_EQ(read->digest, document.at("digest"));
      EXPECT_EQ(base::ToJson(read->recipe, recipe::Schema()),
                base::ToJson(compiled.recipe, recipe::Schema()));
      EXPECT_EQ(base::ToJson(read->policy, policy::Schema()),
                base::ToJson(compiled.policy, policy::Schema()));
      EXPECT_EQ(plan::ToJson(read->plan), plan::ToJson(compiled.plan));
      EXPECT_EQ(read->document, document);
    }
  }
}

TEST(Reader, ReadsAFileAndNamesItWhenItIsMissing) {
  const auto path = std::filesystem::path(testing::TempDir()) / "reader_test.json";
  std::ofstream(path) << Document(Laptop()).dump();
  EXPECT_TRUE(Read(path).ok());
  std::filesystem::remove(path);
  auto missing = Read(path);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.errors().front().code, "BASE0001");
}

TEST(Reader, ProvenanceIsOutsideTheDigest) {
  json document = Document(Laptop());
  document["provenance"] = json::object();
  EXPECT_TRUE(Parse(document.dump(), "x.json").ok());
}

// Every scalar of the document, changed one at a time.
void ChangeEachScalar(json& node, const std::function<void()>& check) {
  if (node.is_structured()) {
    for (json& child : node) ChangeEachScalar(child, check);
    return;
  }
  const json before = node;
  if (before.is_boolean()) {
    node = !before.get<bool>();
  } else if (before.is_number_integer()) {
    node = before.get<std::int64_t>() + 1;
  } else if (before.is_number()) {
    node = before.get<double>() + 1;
  } else if (before.is_string()) {
    node = before.get<std::string>() + "x";
  } else {
    node = 1;
  }
  check();
  node = before;
}

TEST(Reader, RefusesAnyChangeAfterCompilation) {
  json document = Document(Laptop());
  const json provenance = document.at("provenance");
  document.erase("provenance");
  int changes = 0;
  ChangeEachScalar(document, [&] {
    // Reading is slow enough to look at a part; the digest covers all of it alike.
    if (++changes % 5 != 0) {
      EXPECT_NE(DigestOf(document), document.at("digest"));
      return;
    }
    json whole = document;
    whole["provenance"] = provenance;
    const std::string code = CodeOf(whole.dump());
    EXPECT_TRUE(code == "CONTRACT0001" || code == "CONTRACT0002") << code;
  });
  EXPECT_GT(changes, 300);
}

TEST(Reader, RefusesAPlanThatItsInputsDoNotGive) {
  json document = Document(H200());
  document["plan"]["parameters"]["total"] = 4726449762;
  EXPECT_EQ(CodeOf(Resealed(document)), "CONTRACT0003");

  document = Document(H200());
  document["plan"]["recipe"]["moe"]["num_experts"] = 8;
  EXPECT_EQ(CodeOf(Resealed(document)), "CONTRACT0003");

  document = Document(H200());
  document["fixed_policy"]["mtp"]["depth"]["value"] = 1;
  EXPECT_EQ(CodeOf(Resealed(document)), "CONTRACT0003");

  document = Document(H200());
  document["fixed_policy"]["derived"]["data_parallel"] = 4;
  EXPECT_EQ(CodeOf(Resealed(document)), "CONTRACT0003");

  document = Document(H200());
  document["fixed_policy"]["layout"]["tensor_paralel"] = {{"value", 2}};
  EXPECT_EQ(CodeOf(Resealed(document)), "CONTRACT0003");

  document = Document(H200());
  document["plan"].erase("recipe");
  EXPECT_EQ(CodeOf(Resealed(document)), "CONTRACT0003");
}

TEST(Verify, RefusesASurfaceThatItsInputsDoNotGive) {
  const json honest = Document(H200());
  auto read = Parse(honest.dump(), "x.json");
  ASSERT_TRUE(read);
  EXPECT_TRUE(Verify(*read).ok());

  json document = honest;
  document["generated_native_args"][2]["values"] = {"4096"};
  auto tampered = Parse(Resealed(document), "x.json");
  ASSERT_TRUE(tampered);  // recipe, policy and plan still agree
  auto status = Verify(*tampered);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.errors().front().code, "CONTRACT0006");

  document = honest;
  document["fixed_policy"]["optimizer"]["lr"]["argv"] = {"--lr", "1.0"};
  tampered = Parse(Resealed(document), "x.json");
  ASSERT_TRUE(tampered);
  EXPECT_FALSE(Verify(*tampered).ok());

  document = honest;
  document["seams"] = json::array();
  tampered = Parse(Resealed(document), "x.json");
  ASSERT_TRUE(tampered);
  EXPECT_FALSE(Verify(*tampered).ok());
}

TEST(Reader, RefusesWhatIsNoContract) {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("null"), std::string("{}"),
        std::string("{\"format\":\"nam56r.contract/2\"}"), std::string("{\"format\":1}"),
        std::string("{\"format\":\"nam56r.contract/1\"}"), std::string("\xff\xfe"),
        std::string(100000, '['), std::string("{\"a\":") + std::string(100000, '['),
        std::string("{\"format\":\"nam56r.contract/1\",\"format\":\"nam56r.contract/1\"}"),
        std::string("1e999")}) {
    EXPECT_EQ(CodeOf(text), "CONTRACT0001") << text.substr(0, 60);
  }
}

TEST(Reader, RefusesMembersOfTheWrongTypeAndUnknownOnes) {
  const json honest = Document(Laptop());
  for (const auto& [key, value] : honest.items()) {
    json document = honest;
    document.erase(key);
    EXPECT_EQ(CodeOf(document.dump()), "CONTRACT0001") << key;
    document[key] = 7;
    EXPECT_EQ(CodeOf(document.dump()), "CONTRACT0001") << key;
  }
  json document = honest;
  document["notes"] = "x";
  EXPECT_EQ(CodeOf(document.dump()), "CONTRACT0001");
  document = honest;
  document["rewrites"] = {std::int64_t{1} << 60};
  EXPECT_EQ(CodeOf(document.dump()), "CONTRACT0001");
}

TEST(Reader, SurvivesGarbage) {
  const std::string honest = Document(Laptop()).dump();
  std::mt19937 random(1);  // NOLINT: the same garbage every time
  for (int i = 0; i < 60; ++i) {
    std::string text = honest;
    for (int k = 0; k < 3; ++k) text[random() % text.size()] = static_cast<char>(random() % 256);
    if (i % 3 == 0) text.resize(random() % text.size());
    const std::string code = CodeOf(text);  // a changed file name in the provenance is no lie
    EXPECT_TRUE(code.empty() || code.starts_with("CONTRACT000")) << code;
  }
}

}  // namespace
}  // namespace nam56r::contract
