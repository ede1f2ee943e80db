#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "src/base/canonical_json.h"
#include "src/contract/contract.h"
#include "src/contract/reader.h"
#include "src/contract/test_contracts.h"
#include "src/policy/environment.h"

namespace nam56r::contract {
namespace {

using nlohmann::json;
using seams::Change;
using seams::H200;
using seams::Laptop;
using seams::Launch;
using seams::TestLaunch;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string Bytes(const TestLaunch& launch) {
  return base::CanonicalJson(ToJson(MustCompile(launch)));
}

std::string Digest(const TestLaunch& launch) {
  return ToJson(MustCompile(launch)).at("digest").get<std::string>();
}

std::string ReadText(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string DigestOfTexts(const std::string& recipe_text, const std::string& policy_text) {
  auto recipe_toml = base::ParseToml(recipe_text, "r.toml", base::Surface::kPlan);
  auto policy_toml = base::ParseToml(policy_text, "p.toml", base::Surface::kPolicy);
  EXPECT_TRUE(recipe_toml && policy_toml);
  auto recipe = recipe::FromToml(*recipe_toml);
  auto policy = policy::FromToml(*policy_toml);
  EXPECT_TRUE(recipe && policy);
  auto contract = Compile(*recipe, *policy, {});
  EXPECT_TRUE(contract);
  return contract ? ToJson(*contract).at("digest").get<std::string>() : "";
}

struct Pair {
  const char* recipe;
  const char* policy;
};
constexpr Pair kShipped[] = {{"nam56r", "h200x8-bf16"},
                             {"nam56r", "h200x8-fp8"},
                             {"nam56r-quarter", "gb10"},
                             {"nam56r-tiny", "laptop"}};

TEST(Compile, ShippedInputsGiveContractsWithoutWarnings) {
  for (const Pair& pair : kShipped) {
    auto recipe = recipe::Load(seams::ShippedPath("recipes", pair.recipe));
    auto policy = policy::Load(seams::ShippedPath("policies", pair.policy));
    ASSERT_TRUE(recipe && policy);
    auto contract = Compile(*recipe, *policy, {});
    ASSERT_TRUE(contract) << pair.policy << ": " << contract.errors().front().message;
    EXPECT_THAT(contract->warnings, IsEmpty()) << pair.policy;
  }
}

TEST(Compile, DerivesWhatFollowsFromTheLayout) {
  const Contract contract = MustCompile(Laptop());
  EXPECT_EQ(contract.dialect, "native");
  EXPECT_EQ(contract.data_parallel, 2);
  EXPECT_EQ(contract.expert_data_parallel, 1);
  EXPECT_EQ(contract.micro_batches, 2);
  EXPECT_EQ(MustCompile(H200()).dialect, "megatron@0.19");
}

TEST(Compile, KeepsTheTwoSurfacesApart) {
  const json document = ToJson(MustCompile(H200()));
  for (const json& arg : document.at("generated_native_args")) {
    EXPECT_THAT(arg.at("owner"), testing::AnyOf(json("plan"), json("policy"))) << arg;
    if (arg.at("owner") == "policy") {
      EXPECT_THAT(arg.at("from").get<std::string>(), testing::StartsWith("policy layout."));
    }
  }
  const json& lr = document.at("fixed_policy").at("optimizer").at("lr");
  EXPECT_EQ(lr.at("value"), 1e-5);
  EXPECT_EQ(lr.at("argv"), json({"--lr", "1e-05"}));
  EXPECT_EQ(document.at("fixed_policy").at("layout").at("tensor_parallel").at("value"), 1);
  EXPECT_EQ(document.at("fixed_policy").at("derived").at("data_parallel"), 8);
  EXPECT_EQ(document.at("plan").at("recipe").at("moe").at("num_experts"), 16);
}

TEST(Compile, SameInputsGiveTheSameBytes) {
  EXPECT_EQ(Bytes(H200()), Bytes(H200()));
  EXPECT_EQ(Bytes(Laptop()), Bytes(Laptop()));
}

TEST(Compile, EveryValueHasAnOrigin) {
  const json document = ToJson(MustCompile(H200()));
  const json& provenance = document.at("provenance");
  for (const auto& field : recipe::Schema()) {
    EXPECT_TRUE(provenance.contains("recipe." + field.spec.key)) << field.spec.key;
  }
  for (const auto& field : policy::Schema()) {
    EXPECT_TRUE(provenance.contains("policy." + field.spec.key)) << field.spec.key;
  }
  EXPECT_GT(provenance.at("recipe.moe.num_experts").at("line"), 1);
  EXPECT_EQ(provenance.at("policy.optimizer.beta1"), json({{"default", true}}));
  EXPECT_TRUE(provenance.at("derived.data_parallel").contains("rule"));
  EXPECT_TRUE(provenance.contains("policy.environment.NCCL_IB_SL"));
}

TEST(Compile, DigestIgnoresCommentsMovedLinesAndOrder) {
  const std::string recipe = ReadText(seams::ShippedPath("recipes", "nam56r"));
  const std::string policy = ReadText(seams::ShippedPath("policies", "h200x8-bf16"));
  const std::string digest = DigestOfTexts(recipe, policy);
  EXPECT_EQ(digest, DigestOfTexts("# more\n\n\n" + recipe + "\n# the end\n", policy));
  // The last table first.
  const std::size_t last = policy.rfind("\n[");
  EXPECT_EQ(digest, DigestOfTexts(recipe, policy.substr(last + 1) + "\n" + policy.substr(0, last)));
}

TEST(Compile, ContractShowsNoPathOfThisMachine) {
  ASSERT_TRUE(std::filesystem::path(NAM56R_SOURCE_DIR).is_absolute());
  for (const TestLaunch& launch : {H200(), Laptop()}) {
    const std::string bytes = Bytes(launch);  // loaded by absolute path
    EXPECT_THAT(bytes, Not(HasSubstr(NAM56R_SOURCE_DIR)));
    EXPECT_THAT(bytes, Not(HasSubstr("\"/")));
    EXPECT_THAT(bytes, HasSubstr(".toml\""));
  }
}

// A different value for each type, or nothing when there is none.
std::vector<base::FieldValue> Others(const base::FieldSpec& spec, const base::FieldValue& value) {
  std::vector<base::FieldValue> others;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    for (std::int64_t other : {*integer + 1, *integer * 2, *integer / 2, *integer - 1}) {
      if (other != *integer && static_cast<double>(other) >= spec.min &&
          static_cast<double>(other) <= spec.max) {
        others.emplace_back(other);
      }
    }
  } else if (const auto* number = std::get_if<double>(&value)) {
    for (double other : {*number * 2, *number / 2, *number + 1}) {
      if (other != *number && other >= spec.min && other <= spec.max) others.emplace_back(other);
    }
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    others.emplace_back(!*flag);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    if (spec.choices.empty()) others.emplace_back(*text + "x");
    for (const std::string& choice : spec.choices) {
      if (choice != *text) others.emplace_back(choice);
    }
  } else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&value)) {
    if (!integers->empty()) {
      others.emplace_back(std::vector<std::int64_t>(integers->begin() + 1, integers->end()));
    }
  } else if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    if (!texts->empty()) {
      others.emplace_back(std::vector<std::string>(texts->begin(), texts->end() - 1));
    }
    for (const std::string& choice : spec.choices) others.emplace_back(std::vector{choice});
  } else if (const auto* map = std::get_if<std::map<std::string, std::string>>(&value)) {
    auto more = *map;
    more["NVTE_DEBUG"] = "1";  // either table takes it
    others.emplace_back(std::move(more));
  }
  return others;
}

// Changes one field at a time. Returns how many fields had another value that compiles.
template <class T>
int ChangedFields(const TestLaunch& launch, base::Loaded<T> TestLaunch::*part,
                  const base::Schema<T>& schema, const std::string& digest) {
  int changed = 0;
  for (const base::Field<T>& field : schema) {
    TestLaunch other = launch;
    bool compiled = false;
    const base::FieldValue value = base::internal::GetField(field, (launch.*part).value);
    for (base::FieldValue& different : Others(field.spec, value)) {
      base::internal::SetField(field, (other.*part).value, std::move(different));
      auto contract = Compile(other.recipe, other.policy, {});
      if (!contract) continue;
      compiled = true;
      EXPECT_NE(ToJson(*contract).at("digest"), digest) << field.spec.key;
      break;
    }
    changed += compiled ? 1 : 0;
  }
  return changed;
}

TEST(Compile, DigestChangesWithAnyFieldThatMayChange) {
  const TestLaunch h200 = H200();
  const std::string digest = Digest(h200);
  // The others cannot change alone: a width without its divisors, a schedule without its layout.
  EXPECT_GE(ChangedFields(h200, &TestLaunch::recipe, recipe::Schema(), digest), 40);
  EXPECT_GE(ChangedFields(h200, &TestLaunch::policy, policy::Schema(), digest), 60);
  const TestLaunch laptop = Laptop();
  const std::string small = Digest(laptop);
  EXPECT_GE(ChangedFields(laptop, &TestLaunch::recipe, recipe::Schema(), small), 35);
  EXPECT_GE(ChangedFields(laptop, &TestLaunch::policy, policy::Schema(), small), 25);
}

TEST(Compile, DialectOfAnotherBackendIsRefused) {
  const TestLaunch launch = Laptop();
  auto contract = Compile(launch.recipe, launch.policy, {"megatron@0.19"});
  ASSERT_FALSE(contract);
  ASSERT_NE(seams::FindCode(contract.errors(), "DIALECT0004"), nullptr);
  auto unknown = Compile(launch.recipe, launch.policy, {"megatron@0.3"});
  ASSERT_FALSE(unknown);
  EXPECT_NE(seams::FindCode(unknown.errors(), "DIALECT0003"), nullptr);
}

TEST(Compile, PathsAndSecretsAreRefused) {
  struct Case {
    std::string field;
    Change change;
  };
  const std::vector<Case> cases = {
      {"policy.data.dataset", [](auto&, auto& p) { p.data.dataset = "/data/text"; }},
      {"policy.run.name", [](auto&, auto& p) { p.run.name = "~someone"; }},
      {"recipe.model.name", [](auto& r, auto&) { r.model.name = "../nam56r"; }},
      {"recipe.model.variant", [](auto& r, auto&) { r.model.variant = "/srv/3584"; }},
      {"policy.environment.LD_LIBRARY_PATH",
       [](auto&, auto& p) { p.environment["LD_LIBRARY_PATH"] = "lib:/usr/lib"; }},
      {"policy.environment.NCCL_CONF_FILE",
       [](auto&, auto& p) { p.environment["NCCL_CONF_FILE"] = "file=/etc/nccl.conf"; }},
      {"policy.environment.HF_TOKEN", [](auto&, auto& p) { p.environment["HF_TOKEN"] = "abc"; }},
      {"policy.environment.MY_password",
       [](auto&, auto& p) { p.environment["MY_password"] = "abc"; }},
  };
  for (const Case& c : cases) {
    auto contract = CompileLaunch(H200(c.change));
    ASSERT_FALSE(contract) << c.field;
    const base::Diagnostic* error = seams::FindCode(contract.errors(), "CONTRACT0004");
    ASSERT_NE(error, nullptr) << c.field;
    EXPECT_THAT(error->fields, Contains(c.field));
    EXPECT_THAT(error->message, Not(HasSubstr("abc")));
  }
  EXPECT_TRUE(CompileLaunch(H200()).ok());  // expandable_segments:True is no path
}

TEST(Compile, VariableWithTwoOwnersIsRefused) {
  auto contract = CompileLaunch(H200([](recipe::Recipe&, policy::Policy& p) {
    p.environment["TRITON_CACHE_DIR"] = "cache";  // caches.triton sets it
  }));
  ASSERT_FALSE(contract);
  const base::Diagnostic* error = seams::FindCode(contract.errors(), "CONTRACT0005");
  ASSERT_NE(error, nullptr);
  EXPECT_THAT(error->message, HasSubstr("TRITON_CACHE_DIR"));
  EXPECT_THAT(error->message, HasSubstr("policy environment"));
  EXPECT_THAT(error->message, HasSubstr("caches.triton"));
}

TEST(Compile, EveryFlagStandsOnceOverBothSurfaces) {
  for (const Pair& pair : kShipped) {
    if (std::string(pair.policy) == "laptop") continue;
    const Contract contract = MustCompile(Launch(pair.recipe, pair.policy));
    std::vector<std::string> flags;
    for (const NativeArg& arg : contract.generated_native_args.args) flags.push_back(arg.flag);
    for (const PolicyField& field : contract.fixed_policy.fields) {
      if (!field.argv.empty()) flags.push_back(field.argv.front());
    }
    std::sort(flags.begin(), flags.end());
    EXPECT_EQ(std::adjacent_find(flags.begin(), flags.end()), flags.end());
  }
}

TEST(Compile, ErrorsOfIndependentPassesComeTogether) {
  auto contract = CompileLaunch(H200([](recipe::Recipe&, policy::Policy& p) {
    p.batch.global_batch_size = 63;
    p.seams.required.clear();
    p.checkpoint.save = "run";
    p.checkpoint.save_interval = 0;
    p.data.dataset = "/data";
  }));
  ASSERT_FALSE(contract);
  for (const char* code : {"LAYOUT0007", "DIALECT0001", "DIALECT0002", "CONTRACT0004"}) {
    EXPECT_NE(seams::FindCode(contract.errors(), code), nullptr) << code;
  }
}

// src/policy/environment_test.cpp holds the rest of the table, and may not look into a recipe.
TEST(Environment, FieldsOfRecipesThatItPointsAtAreThere) {
  std::set<std::string> keys;
  for (const auto& field : recipe::Schema()) keys.insert("recipe." + field.spec.key);
  int seen = 0;
  for (const policy::EnvironmentVariable& v : policy::KnownEnvironment()) {
    for (std::string_view field : {v.owner, v.instead}) {
      if (!field.starts_with("recipe.")) continue;
      ++seen;
      EXPECT_TRUE(keys.contains(std::string(field))) << v.name << ": " << field;
    }
  }
  EXPECT_GT(seen, 0);
}

}  // namespace
}  // namespace nam56r::contract
