#include "runtime/model/vector_math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace nam56r::runtime {
namespace {

template <typename T>
class VectorTanhTest : public ::testing::Test {};
using Floats = ::testing::Types<float, double>;
TYPED_TEST_SUITE(VectorTanhTest, Floats);

TYPED_TEST(VectorTanhTest, AgreesWithTheLibraryToAFewUnits) {
  using T = TypeParam;
  const T tolerance = 4 * std::numeric_limits<T>::epsilon();
  for (T magnitude = T(1e-12); magnitude < T(50); magnitude *= T(1.003)) {
    for (const T x : {magnitude, -magnitude}) {
      const T expected = std::tanh(x);
      ASSERT_NEAR(VectorTanh(x), expected, tolerance * std::fabs(expected)) << x;
    }
  }
}

TYPED_TEST(VectorTanhTest, KeepsTheEdges) {
  using T = TypeParam;
  const T infinity = std::numeric_limits<T>::infinity();
  EXPECT_EQ(VectorTanh(T(0)), T(0));
  EXPECT_TRUE(std::signbit(VectorTanh(T(-0.0))));
  EXPECT_EQ(VectorTanh(infinity), T(1));
  EXPECT_EQ(VectorTanh(-infinity), T(-1));
  EXPECT_TRUE(std::isnan(VectorTanh(std::numeric_limits<T>::quiet_NaN())));
}

}  // namespace
}  // namespace nam56r::runtime
