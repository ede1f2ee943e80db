#include "src/base/units.h"

#include <gtest/gtest.h>

#include <limits>

namespace nam56r::base {
namespace {

TEST(Units, Thousands) {
  EXPECT_EQ(WithThousands(0), "0");
  EXPECT_EQ(WithThousands(999), "999");
  EXPECT_EQ(WithThousands(1000), "1,000");
  EXPECT_EQ(WithThousands(4726449762), "4,726,449,762");
  EXPECT_EQ(WithThousands(-100), "-100");
  EXPECT_EQ(WithThousands(-1234), "-1,234");
  EXPECT_EQ(WithThousands(std::numeric_limits<std::int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(Units, Bytes) {
  EXPECT_EQ(HumanBytes(0), "0 B");
  EXPECT_EQ(HumanBytes(1023), "1023 B");
  EXPECT_EQ(HumanBytes(1024), "1.00 KiB");
  EXPECT_EQ(HumanBytes((std::int64_t{1} << 20) - 1), "1.00 MiB");
  EXPECT_EQ(HumanBytes(36721970381), "34.2 GiB");
  EXPECT_EQ(HumanBytes(std::numeric_limits<std::int64_t>::max()), "8.00 EiB");
}

TEST(Units, Counts) {
  EXPECT_EQ(HumanCount(7), "7");
  EXPECT_EQ(HumanCount(999), "999");
  EXPECT_EQ(HumanCount(231000), "231 k");
  EXPECT_EQ(HumanCount(999999), "1.00 M");
  EXPECT_EQ(HumanCount(4726449762), "4.73 B");
}

TEST(Units, Seconds) {
  EXPECT_EQ(HumanSeconds(0), "0.0 s");
  EXPECT_EQ(HumanSeconds(0.0123), "12.3 ms");
  EXPECT_EQ(HumanSeconds(3.14), "3.1 s");
  EXPECT_EQ(HumanSeconds(59.97), "1 min 00 s");
  EXPECT_EQ(HumanSeconds(125), "2 min 05 s");
  EXPECT_EQ(HumanSeconds(3599.9), "1 h 00 min");
  EXPECT_EQ(HumanSeconds(3720), "1 h 02 min");
  EXPECT_EQ(HumanSeconds(std::numeric_limits<double>::infinity()), "unknown");
}

}  // namespace
}  // namespace nam56r::base
