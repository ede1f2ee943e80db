#include "src/base/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/canonical_json.h"

namespace nam56r::base {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

struct Sample {
  std::string name;
  std::int64_t depth = 52;
  std::int64_t num_experts = 16;
  std::int64_t top_k = 4;
  double scale = 0.5;
  bool fused = true;
  std::string kind = "adam";
  std::vector<std::int64_t> ranks;
  std::vector<std::string> modules;
  std::map<std::string, std::string> environment;
};

template <class V, V Sample::*kMember>
V& Ref(Sample& sample) {
  return sample.*kMember;
}

const Schema<Sample>& SampleSchema() {
  static const Schema<Sample> schema = {
      {{.key = "name", .meaning = "what it is called", .required = true},
       &Ref<std::string, &Sample::name>},
      {{.key = "model.depth", .meaning = "layers", .min = 1, .max = 1000},
       &Ref<std::int64_t, &Sample::depth>},
      {{.key = "moe.num_experts", .meaning = "experts", .min = 1},
       &Ref<std::int64_t, &Sample::num_experts>},
      {{.key = "moe.top_k", .meaning = "experts a token", .min = 1},
       &Ref<std::int64_t, &Sample::top_k>},
      {{.key = "moe.scale", .meaning = "factor", .min = 0}, &Ref<double, &Sample::scale>},
      {{.key = "moe.fused", .meaning = "whether"}, &Ref<bool, &Sample::fused>},
      {{.key = "optimizer.kind", .meaning = "which", .choices = {"adam", "muon"}},
       &Ref<std::string, &Sample::kind>},
      {{.key = "attention.ranks", .meaning = "A-ranks", .min = 0, .max = 12},
       &Ref<std::vector<std::int64_t>, &Sample::ranks>},
      {{.key = "attention.modules", .meaning = "parts", .choices = {"mla", "dsa"}},
       &Ref<std::vector<std::string>, &Sample::modules>},
      {{.key = "environment", .meaning = "variables"},
       &Ref<std::map<std::string, std::string>, &Sample::environment>},
  };
  return schema;
}

Expected<Loaded<Sample>> LoadText(std::string_view text) {
  auto document = ParseToml(text, "s.toml", Surface::kPolicy);
  if (!document) return document.errors();
  return Load(*document, SampleSchema(), Surface::kPolicy);
}

Diagnostics Errors(std::string_view text) {
  auto loaded = LoadText(text);
  EXPECT_FALSE(loaded) << text;
  return loaded ? Diagnostics(1) : loaded.errors();
}

// The only error of a document that is otherwise complete.
Diagnostic Error(const std::string& text) {
  const Diagnostics errors = Errors("name = 'n'\n" + text);
  EXPECT_EQ(errors.size(), 1u) << text;
  return errors[0];
}

TEST(Schema, FillsAStructAndRecordsWhereEachValueCameFrom) {
  const auto loaded = LoadText(
      "name = 'x'\n[moe]\nnum_experts = 8\nscale = 2\n[attention]\nranks = [1, 2]\nmodules = []\n"
      "[environment]\nNCCL_IB_SL = '1'\n");
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->value.name, "x");
  EXPECT_EQ(loaded->value.depth, 52);
  EXPECT_EQ(loaded->value.num_experts, 8);
  EXPECT_EQ(loaded->value.scale, 2.0) << "an integer is a number";
  EXPECT_THAT(loaded->value.ranks, ElementsAre(1, 2));
  EXPECT_EQ(loaded->value.environment.at("NCCL_IB_SL"), "1");
  EXPECT_EQ(loaded->origins.at("model.depth"), Origin::Default());
  EXPECT_EQ(loaded->origins.at("moe.num_experts"), Origin::File({"s.toml", 3, 1}));
  EXPECT_EQ(loaded->origins.at("environment.NCCL_IB_SL"), Origin::File({"s.toml", 9, 1}));
  EXPECT_EQ(loaded->At("moe.num_experts"), (SourceLocation{"s.toml", 3, 1}));
  EXPECT_EQ(loaded->At("model.depth"), (SourceLocation{"s.toml", 0, 0}));
}

TEST(Schema, EmptyListFitsEitherListType) {
  const auto loaded = LoadText("name = 'x'\n[attention]\nranks = []\nmodules = []\n");
  ASSERT_TRUE(loaded);
  EXPECT_TRUE(loaded->value.ranks.empty());
}

TEST(Schema, UnknownKeyIsRefusedWithTheNearestAndItsSiblings) {
  const Diagnostic error = Error("[moe]\nnum_expert = 8\n");
  EXPECT_EQ(error.code, "SCHEMA0001");
  EXPECT_EQ(error.surface, Surface::kPolicy);
  EXPECT_EQ(error.message, "unknown key 'moe.num_expert'; did you mean 'moe.num_experts'?");
  EXPECT_EQ(error.where.at(0).at, (SourceLocation{"s.toml", 3, 1}));
  EXPECT_THAT(error.valid, ElementsAre("moe.num_experts", "moe.top_k", "moe.scale", "moe.fused"));
  EXPECT_EQ(error.fix, "write 'moe.num_experts'");
}

TEST(Schema, FindsWhatWasMeant) {
  EXPECT_THAT(Error("moe.topk = 1\n").message, HasSubstr("'moe.top_k'"));
  EXPECT_THAT(Error("meo.top_k = 1\n").message, HasSubstr("'moe.top_k'"));
  EXPECT_THAT(Error("mixture.top_k = 1\n").message, HasSubstr("'moe.top_k'"));
  EXPECT_THAT(Error("model.num_experts = 1\n").message, HasSubstr("'moe.num_experts'"));
  EXPECT_THAT(Error("optimiser.knid = 'adam'\n").message, HasSubstr("'optimizer.kind'"));
  EXPECT_THAT(Error("num_experts = 1\n").message, HasSubstr("'moe.num_experts'"));
  EXPECT_THAT(Error("depht = 1\n").message, HasSubstr("'model.depth'"));
  EXPECT_THAT(Error("[enviroment]\nA = '1'\n").message, HasSubstr("'environment.A'"));
  EXPECT_THAT(Error("Moe.Top-K = 1\n").message, HasSubstr("'moe.top_k'"));
}

TEST(Schema, UnknownTableNamesTheTables) {
  const Diagnostic error = Error("[zebra]\nstripes = 8\n");
  EXPECT_EQ(error.message, "unknown key 'zebra.stripes'");
  EXPECT_THAT(error.valid, ElementsAre("attention", "environment", "model", "moe", "optimizer"));
  EXPECT_FALSE(error.fix.empty());
}

TEST(Schema, AnEmptyUnknownTableIsNoticed) {
  const Diagnostic error = Error("[enviroment]\n");
  EXPECT_EQ(error.code, "SCHEMA0001");
  EXPECT_EQ(error.where.at(0).at.line, 2);
  EXPECT_THAT(error.message, HasSubstr("did you mean 'environment'?"));
  EXPECT_TRUE(LoadText("name = 'x'\n[moe]\n[environment]\n"));
}

TEST(Schema, WrongTypesAreRefused) {
  const auto wrong = [](const std::string& text, const std::string& message) {
    const Diagnostic error = Error(text);
    EXPECT_EQ(error.code, "SCHEMA0002") << text;
    EXPECT_EQ(error.message, message);
    EXPECT_FALSE(error.fix.empty());
    EXPECT_EQ(error.where.at(0).at.line, 2);
  };
  wrong("moe.top_k = 4.0\n", "'moe.top_k' takes an integer, not a number");
  wrong("moe.top_k = '4'\n", "'moe.top_k' takes an integer, not a string");
  wrong("moe.fused = 1\n", "'moe.fused' takes a boolean, not an integer");
  wrong("moe.scale = true\n", "'moe.scale' takes a number, not a boolean");
  wrong("optimizer.kind = 3\n", "'optimizer.kind' takes a string, not an integer");
  wrong("attention.ranks = 3\n", "'attention.ranks' takes a list of integers, not an integer");
  wrong("attention.ranks = ['3']\n",
        "'attention.ranks' takes a list of integers, not a list of strings");
  wrong("environment = 'A=1'\n", "'environment' takes a table of strings, not a string");
  wrong("environment.A = 1\n", "'environment.A' takes a string, not an integer");
  wrong("environment.A.B = 'x'\n", "'environment' holds strings, not the table 'environment.A'");
  wrong("moe = 3\n", "'moe' is a table, not a key");
  wrong("model.depth.x = 3\n", "'model.depth' takes an integer, not a table");
  wrong("[model.depth]\n", "'model.depth' takes an integer, not a table");
}

TEST(Schema, AnUnquotedVariableIsToldToBeQuoted) {
  const Diagnostic error = Error("[environment]\nNCCL_IB_SL = 1\n");
  EXPECT_EQ(error.code, "SCHEMA0002");
  EXPECT_THAT(error.fields, ElementsAre("environment.NCCL_IB_SL"));
  EXPECT_EQ(error.fix, "write it in quotes");
}

TEST(Schema, RangesHoldForNumbersAndElements) {
  EXPECT_EQ(Error("model.depth = 0\n").message, "'model.depth' is 0; it takes 1 to 1000");
  EXPECT_EQ(Error("moe.top_k = -1\n").message, "'moe.top_k' is -1; it takes at least 1");
  EXPECT_EQ(Error("moe.scale = -0.5\n").code, "SCHEMA0003");
  EXPECT_EQ(Error("moe.scale = nan\n").code, "SCHEMA0003");
  EXPECT_EQ(Error("moe.scale = inf\n").code, "SCHEMA0003");
  EXPECT_EQ(Error("attention.ranks = [0, 13]\n").message,
            "element 2 of 'attention.ranks' is 13; it takes 0 to 12");
  EXPECT_EQ(Error("moe.top_k = 9007199254740993\n").code, "SCHEMA0003")
      << "a contract could not carry it";
  EXPECT_TRUE(LoadText("name = 'x'\nmodel.depth = 1000\nmoe.top_k = 9007199254740992\n"));
}

TEST(Schema, ChoicesHoldForStringsAndElements) {
  const Diagnostic error = Error("optimizer.kind = 'adm'\n");
  EXPECT_EQ(error.code, "SCHEMA0004");
  EXPECT_EQ(error.message, "'optimizer.kind' does not take \"adm\"; did you mean \"adam\"?");
  EXPECT_THAT(error.valid, ElementsAre("adam", "muon"));
  EXPECT_EQ(Error("attention.modules = ['mla', 'zzz']\n").message,
            "element 2 of 'attention.modules' does not take \"zzz\"");
}

TEST(Schema, MissingRequiredKeyIsRefused) {
  const Diagnostics errors = Errors("moe.top_k = 4\n");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].code, "SCHEMA0005");
  EXPECT_THAT(errors[0].message, HasSubstr("'name'"));
  EXPECT_EQ(errors[0].where.at(0).at, (SourceLocation{"s.toml", 0, 0}));
}

TEST(Schema, AMisspeltRequiredKeyIsOneErrorNotTwo) {
  const Diagnostics errors = Errors("nmae = 'x'\n");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].code, "SCHEMA0001");
}

TEST(Schema, AllErrorsComeAtOnceInFileOrder) {
  const Diagnostics errors = Errors(
      "model.depth = 0\nzebra = 1\nmoe.top_k = 'x'\noptimizer.kind = 'sgd'\nenvironment.A = 2\n");
  std::vector<std::string> codes;
  for (const Diagnostic& error : errors) codes.push_back(error.code);
  EXPECT_THAT(codes, ElementsAre("SCHEMA0003", "SCHEMA0001", "SCHEMA0002", "SCHEMA0004",
                                 "SCHEMA0002", "SCHEMA0005"));
}

TEST(Schema, AFileOfSomethingElseDoesNotFloodTheScreen) {
  std::string text;
  for (int i = 0; i < 50000; ++i) text += "k" + std::to_string(i) + "=1\n";
  const Diagnostics errors = Errors(text);
  EXPECT_LT(errors.size(), 300u);
  EXPECT_THAT(errors.back().message, HasSubstr("further errors"));
}

TEST(Schema, ToJsonNestsAndLoadJsonInverts) {
  Sample sample;
  sample.name = "x";
  sample.scale = 1.0;
  sample.ranks = {1, 2};
  sample.environment = {{"A", "1"}, {"B.c", "2"}, {"", "3"}};
  const json object = ToJson(sample, SampleSchema());
  EXPECT_EQ(object.at("moe").at("num_experts"), 16);
  EXPECT_EQ(object.at("environment").at("B.c"), "2");
  // Canonical JSON writes 1.0 as 1.
  const json read = json::parse(CanonicalJson(object));
  const auto loaded = LoadJson<Sample>(read, "c.json", SampleSchema(), Surface::kPlan);
  ASSERT_TRUE(loaded) << loaded.errors()[0].message;
  EXPECT_EQ(ToJson(loaded->value, SampleSchema()), object);
  EXPECT_EQ(loaded->origins.at("moe.scale"), Origin::File({"c.json", 0, 0}));
}

TEST(Schema, LoadJsonChecksAsMuchAsLoad) {
  const auto code = [](const char* text) {
    json object = json::parse(text);
    if (object.is_object()) object["name"] = "x";
    const auto loaded = LoadJson<Sample>(object, "c.json", SampleSchema(), Surface::kPlan);
    return loaded ? std::string("ok") : loaded.errors()[0].code;
  };
  EXPECT_EQ(code(R"({"moe":{"num_expert":3}})"), "SCHEMA0001");
  EXPECT_EQ(code(R"({"zebra":{}})"), "SCHEMA0001");
  EXPECT_EQ(code(R"({"moe.top_k":3})"), "SCHEMA0001");
  EXPECT_EQ(code(R"({"moe":{"top_k":3.0}})"), "SCHEMA0002");
  EXPECT_EQ(code(R"({"moe":{"top_k":null}})"), "SCHEMA0002");
  EXPECT_EQ(code(R"({"moe":{"top_k":{}}})"), "SCHEMA0002");
  EXPECT_EQ(code(R"({"moe":[]})"), "SCHEMA0002");
  EXPECT_EQ(code(R"({"attention":{"ranks":[1,null]}})"), "SCHEMA0002");
  EXPECT_EQ(code(R"({"environment":{"A":1}})"), "SCHEMA0002");
  EXPECT_EQ(code(R"({"model":{"depth":0}})"), "SCHEMA0003");
  EXPECT_EQ(code(R"({"moe":{"top_k":18446744073709551615}})"), "SCHEMA0003");
  EXPECT_EQ(code(R"({"optimizer":{"kind":"sgd"}})"), "SCHEMA0004");
  EXPECT_EQ(code(R"([])"), "SCHEMA0002");
  EXPECT_EQ(code(R"({"attention":{"ranks":[],"modules":[]},"environment":{}})"), "ok");
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += R"({"a":)";
  deep += "1" + std::string(5000, '}');
  EXPECT_EQ(code(deep.c_str()), "SCHEMA0001");
}

}  // namespace
}  // namespace nam56r::base
