#include "src/contract/private_values.h"

#include <gtest/gtest.h>

namespace nam56r::contract {
namespace {

TEST(PublicFileName, KeepsRelativeNamesAndCutsOthersToTheLastComponent) {
  EXPECT_EQ(PublicFileName("recipes/nam56r.toml"), "recipes/nam56r.toml");
  EXPECT_EQ(PublicFileName("./recipes/../recipes/nam56r.toml"), "recipes/nam56r.toml");
  EXPECT_EQ(PublicFileName("/home/someone/recipes/nam56r.toml"), "nam56r.toml");
  EXPECT_EQ(PublicFileName("../secret-project/nam56r.toml"), "nam56r.toml");
  EXPECT_EQ(PublicFileName("recipes/../../other/nam56r.toml"), "nam56r.toml");
  EXPECT_EQ(PublicFileName("~/nam56r.toml"), "nam56r.toml");
  EXPECT_EQ(PublicFileName(""), "");
}

}  // namespace
}  // namespace nam56r::contract
