#include "src/recipe/extends.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <sstream>

#include "src/base/files.h"
#include "src/base/temporary_directory.h"
#include "src/base/testing/input_properties.h"
#include "src/recipe/recipe.h"

namespace nam56r::recipe {
namespace {

using base::testing::Messages;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kBase = R"([model]
name = "least"
variant = "base"
pattern = "A"
depth = 1
hidden_size = 64
num_attention_heads = 1
vocab_size = 256
seq_length = 16

[dsa]
ranks = [0]
)";

std::string Child(const std::string& of, const std::string& variant, const std::string& more = "") {
  return "extends = \"" + of + "\"\n[model]\nvariant = \"" + variant + "\"\n" + more;
}

class ExtendsTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return (folder_.path() / name).string(); }
  void Write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(base::WriteFileAtomically(Path(name), text, base::Surface::kPlan).ok());
  }
  auto Read(const std::string& name) const { return Load(Path(name)); }

  /// The one refusal of |name|, which has to teach.
  base::Diagnostic Refusal(const std::string& name) const {
    const auto recipe = Read(name);
    EXPECT_FALSE(recipe.ok()) << name;
    if (recipe.ok()) return {};
    EXPECT_EQ(recipe.errors().size(), 1u) << Messages(recipe);
    base::Diagnostic error = recipe.errors().front();
    EXPECT_EQ(error.surface, base::Surface::kPlan);
    EXPECT_FALSE(error.message.empty() || error.where.empty() || error.fix.empty());
    return error;
  }
  static std::vector<std::string> Places(const base::Diagnostic& error) {
    std::vector<std::string> places;
    for (const base::SourceNote& note : error.where) {
      places.push_back(std::filesystem::path(note.at.file).filename().string() + ":" +
                       std::to_string(note.at.line));
    }
    return places;
  }

 private:
  base::TemporaryDirectory folder_;
};

TEST_F(ExtendsTest, TheChildReplacesWhatItStatesAndEachLineKeepsItsFile) {
  Write("base.toml", kBase);
  Write("wide.toml", Child("base.toml", "wide", "hidden_size = 128\n[dsa]\nranks = []\n"));
  const auto recipe = Read("wide.toml");
  ASSERT_TRUE(recipe.ok()) << Messages(recipe);
  EXPECT_EQ(recipe->value.model.name, "least");
  EXPECT_EQ(recipe->value.model.variant, "wide");
  EXPECT_EQ(recipe->value.model.hidden_size, 128);
  EXPECT_THAT(recipe->value.dsa.ranks, IsEmpty());
  EXPECT_EQ(recipe->file, Path("wide.toml"));
  EXPECT_EQ(recipe->At("model.hidden_size"), (base::SourceLocation{Path("wide.toml"), 4, 1}));
  EXPECT_EQ(recipe->At("model.depth"), (base::SourceLocation{Path("base.toml"), 5, 1}));
  EXPECT_EQ(recipe->origins.at("mla.rotary_base").kind, base::Origin::Kind::kDefault);
  EXPECT_EQ(DisplayName(recipe->value.model), "least (wide)");
  Model hostile = recipe->value.model;
  hostile.name = "least\x1b[2J";
  EXPECT_EQ(DisplayName(hostile), "least\\x1b[2J (wide)");
}

TEST_F(ExtendsTest, AChainHasAtMostFourFiles) {
  Write("base.toml", kBase);
  Write("b.toml", Child("base.toml", "b", "depth = 2\n"));
  Write("c.toml", Child("b.toml", "c", "hidden_size = 128\n"));
  Write("d.toml", Child("c.toml", "d"));
  Write("e.toml", Child("d.toml", "e"));
  const auto recipe = Read("d.toml");
  ASSERT_TRUE(recipe.ok()) << Messages(recipe);
  EXPECT_EQ(recipe->value.model.variant, "d");
  EXPECT_EQ(recipe->value.model.depth, 2);
  EXPECT_EQ(recipe->At("model.depth").file, Path("b.toml"));

  const base::Diagnostic error = Refusal("e.toml");
  EXPECT_EQ(error.code, "RECIPE0002");
  EXPECT_THAT(error.message, HasSubstr("e.toml -> d.toml -> c.toml -> b.toml -> base.toml"));
  EXPECT_THAT(Places(error), ElementsAre("e.toml:1", "d.toml:1", "c.toml:1", "b.toml:1"));
}

TEST_F(ExtendsTest, ARecipeDoesNotExtendItself) {
  Write("self.toml", Child("self.toml", "self"));
  EXPECT_EQ(Refusal("self.toml").code, "RECIPE0002");
  Write("there.toml", Child("back.toml", "there"));
  Write("back.toml", Child("there.toml", "back"));
  const base::Diagnostic error = Refusal("there.toml");
  EXPECT_EQ(error.code, "RECIPE0002");
  EXPECT_THAT(error.message, HasSubstr("there.toml -> back.toml -> there.toml"));
  EXPECT_THAT(Places(error), ElementsAre("there.toml:1", "back.toml:1"));
}

TEST_F(ExtendsTest, OnlyThePlainNameOfAFileBesideItIsTaken) {
  Write("base.toml", kBase);
  for (const char* name :
       {"''", "'.'", "'..'", "'../base.toml'", "'./base.toml'", "'sub/base.toml'", "'/etc/passwd'",
        "'sub\\base.toml'", "\"base.toml\\u0000\"", "\"a\\nb.toml\"", "3", "true",
        "['base.toml']"}) {
    Write("child.toml", std::string("extends = ") + name + "\n[model]\nvariant = 'child'\n");
    const base::Diagnostic error = Refusal("child.toml");
    EXPECT_EQ(error.code, "RECIPE0001") << name;
    EXPECT_THAT(error.fields, ElementsAre("extends"));
    EXPECT_THAT(Places(error), ElementsAre("child.toml:1"));
    EXPECT_FALSE(error.valid.empty());
    EXPECT_THAT(error.where[0].label, Not(HasSubstr("\n")));
  }
  Write("child.toml", "extends = '" + std::string(300, 'a') + "'\n[model]\nvariant = 'child'\n");
  EXPECT_EQ(Refusal("child.toml").code, "RECIPE0001");
}

TEST_F(ExtendsTest, AFileThatIsNotThereIsNamedWithTheLineThatAsksForIt) {
  Write("child.toml", Child("base.toml", "child"));
  const base::Diagnostic error = Refusal("child.toml");
  EXPECT_EQ(error.code, "BASE0001");
  EXPECT_THAT(Places(error), ElementsAre("base.toml:0", "child.toml:1"));
}

TEST_F(ExtendsTest, AChildStatesAVariantOfItsOwn) {
  Write("base.toml", kBase);
  const std::map<std::string, std::vector<std::string>> cases = {
      {"extends = 'base.toml'\n[model]\ndepth = 2\n", {"child.toml:1", "base.toml:3"}},
      {Child("base.toml", "base"), {"child.toml:3", "base.toml:3"}},
      {Child("base.toml", ""), {"child.toml:3", "base.toml:3"}},
  };
  for (const auto& [text, places] : cases) {
    Write("child.toml", text);
    const base::Diagnostic error = Refusal("child.toml");
    EXPECT_EQ(error.code, "RECIPE0003") << text;
    EXPECT_EQ(Places(error), places) << text;
    EXPECT_THAT(error.valid, ElementsAre("a text other than model.variant = \"base\""));
  }
  Write("child.toml", "extends = 'base.toml'\n[model]\nvariant = 3\n");
  EXPECT_EQ(Refusal("child.toml").code, "SCHEMA0002");
  Write("b.toml", Child("base.toml", "b"));
  for (const char* taken : {"base", "b"}) {
    Write("c.toml", Child("b.toml", taken));
    const base::Diagnostic error = Refusal("c.toml");
    EXPECT_EQ(error.code, "RECIPE0003");
    EXPECT_THAT(Places(error), ElementsAre("c.toml:3", "base.toml:3", "b.toml:3"));
  }
}

TEST_F(ExtendsTest, MistakesAreFoundInEitherFileAtTheirLine) {
  const std::string good = kBase;
  struct Case {
    std::string base;
    std::string child;
    std::string code;
    std::vector<std::string> places;
  };
  const std::vector<Case> cases = {
      {good, "depht = 2\n", "SCHEMA0001", {"child.toml:4"}},
      {good, "[dsa]\nrank = [0]\n", "SCHEMA0001", {"child.toml:5"}},
      {good, "[dsaa]\n", "SCHEMA0001", {"child.toml:4"}},
      {good, "depth = 'two'\n", "SCHEMA0002", {"child.toml:4"}},
      {good + "rank = [0]\n", "", "SCHEMA0001", {"base.toml:13", "child.toml:1"}},
      {good + "[dsaa]\n", "", "SCHEMA0001", {"base.toml:13", "child.toml:1"}},
      // Stated again by the child, and wrong all the same.
      {good + "indexer_topk = 0\n",
       "[dsa]\nindexer_topk = 8\n",
       "SCHEMA0003",
       {"base.toml:13", "child.toml:1"}},
  };
  for (const Case& c : cases) {
    Write("base.toml", c.base);
    Write("child.toml", Child("base.toml", "child", c.child));
    const base::Diagnostic error = Refusal("child.toml");
    EXPECT_EQ(error.code, c.code) << c.base << c.child;
    EXPECT_EQ(Places(error), c.places) << c.base << c.child;
  }
  Write("base.toml", "[model]\nname = 'half'\n");
  Write("child.toml", Child("base.toml", "child",
                            "pattern = 'A'\ndepth = 1\nhidden_size = 64\nnum_attention_heads = 1\n"
                            "vocab_size = 256\nseq_length = 16\n"));
  const auto recipe = Read("child.toml");
  ASSERT_FALSE(recipe.ok()) << "what is extended is a whole recipe";
  EXPECT_EQ(recipe.errors()[0].code, "SCHEMA0005");
  Write("child.toml", "[model]\nextends = 'base.toml'\n" + std::string(kBase).substr(8));
  EXPECT_EQ(Refusal("child.toml").code, "SCHEMA0001") << "extends stands before the first table";
}

TEST_F(ExtendsTest, ADocumentWithoutAFolderExtendsNothing) {
  const auto document =
      base::ParseToml(Child("base.toml", "child"), "memory", base::Surface::kPlan);
  ASSERT_TRUE(document.ok());
  const auto recipe = FromToml(*document);
  ASSERT_FALSE(recipe.ok());
  EXPECT_EQ(recipe.errors()[0].code, "RECIPE0001");
  EXPECT_EQ(recipe.errors()[0].where[0].at.line, 1);
}

// However the lines of a recipe are dealt to a file and one that it extends, the model is the same.
TEST_F(ExtendsTest, WhereALineStandsDoesNotChangeTheModel) {
  const std::filesystem::path whole =
      std::filesystem::path(NAM56R_SOURCE_DIR) / "recipes/nam56r.toml";
  const auto expected = Load(whole);
  const auto document = base::ReadToml(whole, base::Surface::kPlan);
  const auto text = base::ReadFile(whole, base::Surface::kPlan);
  ASSERT_TRUE(expected.ok() && document.ok() && text.ok());
  std::vector<std::string> lines;
  std::istringstream stream(*text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::set<std::string> required;
  for (const auto& field : Schema()) {
    if (field.spec.required) required.insert(field.spec.key);
  }
  const auto json = [](Recipe recipe) {
    recipe.model.variant = "";
    return base::ToJson(recipe, Schema());
  };
  std::mt19937 dice(1);
  for (int round = 0; round < 50; ++round) {
    std::map<std::string, std::string> files = {
        {"child.toml", "extends = \"parent.toml\"\nmodel.variant = \"child\"\n"},
        {"parent.toml", "extends = \"base.toml\"\nmodel.variant = \"parent\"\n"},
        {"base.toml", ""}};
    for (const base::TomlEntry& entry : document->entries) {
      if (entry.key == "model.variant") continue;
      const std::string& line = lines.at(static_cast<std::size_t>(entry.at.line - 1));
      const std::string stated = entry.key + " " + line.substr(line.find('=')) + "\n";
      const auto die = dice() % 3;
      if (die == 0) files["child.toml"] += stated;
      if (die == 1) files["parent.toml"] += stated;
      if (die == 2 || required.contains(entry.key)) files["base.toml"] += stated;
    }
    for (const auto& [name, content] : files) Write(name, content);
    const auto recipe = Read("child.toml");
    ASSERT_TRUE(recipe.ok()) << Messages(recipe);
    EXPECT_EQ(json(recipe->value), json(expected->value));
  }
}

// The shipped recipes that extend another.
TEST(ShippedChildrenTest, StateTheirOwnLinesAndRefuseEveryMisspeltKey) {
  const std::filesystem::path recipes = std::filesystem::path(NAM56R_SOURCE_DIR) / "recipes";
  for (const char* name : {"nam56r-3584-56.toml", "nam56r-4096.toml", "nam56r-gb10-quarter.toml",
                           "nam56r-quarter.toml"}) {
    SCOPED_TRACE(name);
    const auto recipe = Load(recipes / name);
    ASSERT_TRUE(recipe.ok()) << Messages(recipe);
    EXPECT_EQ(recipe->value.model.name, "nam56r");
    const auto own = base::ReadToml(recipes / name, base::Surface::kPlan);
    ASSERT_TRUE(own.ok());
    const auto text = base::ReadFile(recipes / name, base::Surface::kPlan);
    ASSERT_TRUE(text.ok());
    base::TemporaryDirectory folder;
    std::filesystem::copy_file(recipes / "nam56r.toml", folder.path() / "nam56r.toml");
    std::size_t own_lines = 0;
    for (const base::TomlEntry& entry : own->entries) {
      if (entry.key == "extends") continue;
      ++own_lines;
      EXPECT_EQ(recipe->At(entry.key), entry.at);
      const std::string part = base::testing::SplitAtLastDot(entry.key).second;
      std::string wrong = *text;
      const std::size_t at = wrong.find("\n" + part + " =");
      ASSERT_NE(at, std::string::npos) << entry.key;
      wrong.replace(at + 1, part.size(), part + "x");
      ASSERT_TRUE(
          base::WriteFileAtomically(folder.path() / name, wrong, base::Surface::kPlan).ok());
      const auto refused = Load(folder.path() / name);
      ASSERT_FALSE(refused.ok()) << part;
      EXPECT_THAT(refused.errors()[0].code, ::testing::AnyOf("SCHEMA0001", "RECIPE0003")) << part;
    }
    EXPECT_GT(own_lines, 2u);
    for (const auto& [key, origin] : recipe->origins) {
      if (origin.kind != base::Origin::Kind::kFile) continue;
      EXPECT_THAT(std::vector<std::string>({name, "nam56r.toml"}),
                  Contains(std::filesystem::path(origin.at.file).filename().string()))
          << key;
    }
  }
}

}  // namespace
}  // namespace nam56r::recipe
