#include "src/host/host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/testing/input_properties.h"

namespace nam56r::host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const base::testing::InputKind<Host>& Kind() {
  static const base::testing::InputKind<Host> kind{Schema(), FromToml, base::Surface::kHost,
                                                   "[machine]\nname = \"least\"\n"};
  return kind;
}

std::filesystem::path Shipped(const std::string& name) {
  return std::filesystem::path(NAM56R_SOURCE_DIR) / "hosts" / name;
}

TEST(HostSchemaTest, HasAMeaningForEveryField) {
  base::testing::ExpectSchemaIsComplete(Kind());
  base::testing::ExpectFieldsAreDistinctMembers(Kind());
}
TEST(HostSchemaTest, GuardsEveryField) { base::testing::ExpectFieldsAreGuarded(Kind()); }
TEST(HostSchemaTest, NamesMissingRequiredKeys) {
  base::testing::ExpectRequiredKeysAreNamed(Kind());
}
TEST(HostSchemaTest, DefaultsSurviveARoundTrip) {
  const auto least = Kind().Read(Kind().least, "least.toml");
  ASSERT_TRUE(least.ok()) << base::testing::Messages(least);
  base::testing::ExpectRoundTrip(Kind(), least->value);
}

class ShippedHostTest : public ::testing::TestWithParam<const char*> {};
TEST_P(ShippedHostTest, Loads) {
  base::testing::ExpectShippedFileLoads(Kind(), Shipped(GetParam()));
}
TEST_P(ShippedHostTest, RefusesEveryMisspeltKey) {
  base::testing::ExpectMisspeltKeysAreRefused(Kind(), Shipped(GetParam()));
}
TEST_P(ShippedHostTest, RefusesEveryMisspeltTable) {
  base::testing::ExpectMisspeltTablesAreRefused(Kind(), Shipped(GetParam()));
}
// Shipped files serve everybody: no path of one machine stands in them.
TEST_P(ShippedHostTest, HoldsNoPath) {
  const auto host = Load(Shipped(GetParam()));
  ASSERT_TRUE(host.ok()) << base::testing::Messages(host);
  const nlohmann::json json = base::ToJson(host->value, Schema());
  for (const auto& [key, path] : json.at("paths").items()) {
    EXPECT_TRUE(path == "" || path.empty()) << key << " " << path;
  }
  EXPECT_THAT(host->value.datasets, IsEmpty());
  EXPECT_THAT(host->value.checkpoints, IsEmpty());
}
INSTANTIATE_TEST_SUITE_P(All, ShippedHostTest,
                         ::testing::Values("laptop.toml", "h200x8.toml", "gb10.toml"),
                         [](const auto& suite) {
                           const std::string name = suite.param;
                           return name.substr(0, name.find('.'));
                         });

TEST(ShippedHostsTest, EveryFileInTheFolderIsTested) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(Shipped(""))) {
    names.insert(entry.path().filename().string());
  }
  EXPECT_THAT(names, ElementsAre("gb10.toml", "h200x8.toml", "laptop.toml"));
}

TEST(HostTest, KeepsDatasetsCheckpointsAndVersions) {
  const auto host = Kind().Read(Kind().least + R"(
[datasets]
cxx-headers = "/data/cxx"
"clang.v10" = "/data/clang"
[checkpoints]
first = "/ckpt/first"
[versions]
megatron = "0.19.0"
transformer_engine = "2.16"
)",
                                "host.toml");
  ASSERT_TRUE(host.ok()) << base::testing::Messages(host);
  EXPECT_EQ(host->value.datasets.at("cxx-headers"), "/data/cxx");
  EXPECT_EQ(host->value.datasets.at("clang.v10"), "/data/clang");
  EXPECT_EQ(host->value.checkpoints.at("first"), "/ckpt/first");
  EXPECT_EQ(host->value.versions.at("megatron"), "0.19.0");
  EXPECT_EQ(host->At("versions.megatron").line, 10);
  base::testing::ExpectRoundTrip(Kind(), [&] {
    Host copy = host->value;
    copy.datasets.erase("clang.v10");
    return copy;
  }());
}

// Libraries are names that a launch looks for; one that it does not know would never be compared.
TEST(HostTest, RefusesEveryMisspeltLibrary) {
  for (const std::string& library : KnownLibraries()) {
    for (const std::string& slip : base::testing::OneLetterSlips(library)) {
      const auto& known = KnownLibraries();
      if (std::find(known.begin(), known.end(), slip) != known.end()) continue;
      const auto host =
          Kind().Read(Kind().least + "[versions]\n" + slip + " = \"1\"\n", "host.toml");
      ASSERT_FALSE(host.ok()) << slip;
      const base::Diagnostic& error = host.errors()[0];
      EXPECT_EQ(error.code, "SCHEMA0001");
      EXPECT_EQ(error.surface, base::Surface::kHost);
      EXPECT_EQ(error.where[0].at.line, 4);
      const std::string offered = base::testing::Suggestion(error);
      if (offered != "versions." + library) {
        EXPECT_LE(base::EditDistance(offered.substr(offered.rfind('.') + 1), slip), 1u)
            << slip << " for " << library << ": " << offered;
      }
      EXPECT_EQ(error.valid, known);
    }
  }
}

TEST(HostTest, RefusesANumberAsAVersion) {
  const auto host = Kind().Read(Kind().least + "[versions]\ncuda = 13.2\n", "host.toml");
  ASSERT_FALSE(host.ok());
  EXPECT_EQ(host.errors()[0].code, "SCHEMA0002");
  EXPECT_THAT(host.errors()[0].message, HasSubstr("versions.cuda"));
}

}  // namespace
}  // namespace nam56r::host
