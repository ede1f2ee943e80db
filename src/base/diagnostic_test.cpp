#include "src/base/diagnostic.h"

#include <gtest/gtest.h>

#include "src/base/expected.h"
#include "src/base/origin.h"

namespace nam56r::base {
namespace {

TEST(Diagnostic, LocationLeavesOutWhatIsNotKnown) {
  EXPECT_EQ(ToString(SourceLocation{"a.toml", 12, 3}), "a.toml:12:3");
  EXPECT_EQ(ToString(SourceLocation{"a.toml", 12, 0}), "a.toml:12");
  EXPECT_EQ(ToString(SourceLocation{"a.toml", 0, 0}), "a.toml");
}

TEST(Diagnostic, Names) {
  EXPECT_EQ(SurfaceName(Surface::kPolicy), "policy");
  EXPECT_EQ(SeverityName(Severity::kWarning), "warning");
}

TEST(Origin, SaysWhereAValueCameFrom) {
  EXPECT_EQ(ToString(Origin::File({"recipes/nam56r.toml", 12, 5})), "recipes/nam56r.toml:12");
  EXPECT_EQ(ToString(Origin::Default()), "default");
  EXPECT_EQ(ToString(Origin::Rule("dp = world / (tp * pp * cp)")),
            "rule: dp = world / (tp * pp * cp)");
}

TEST(Expected, HoldsAValueOrReasons) {
  Expected<int> good = 3;
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, 3);
  Diagnostic reason;
  reason.code = "BASE0001";
  Expected<int> bad = reason;
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.errors().at(0).code, "BASE0001");
}

}  // namespace
}  // namespace nam56r::base
