#include "runtime/train/lr_schedule.h"

#include <gtest/gtest.h>

namespace nam56r::runtime {
namespace {

policy::Optimizer Optimizer(const char* style) {
  policy::Optimizer optimizer;
  optimizer.lr = 1.0;
  optimizer.min_lr = 0.1;
  optimizer.lr_warmup_iters = 4;
  optimizer.lr_decay_style = style;
  return optimizer;
}

TEST(LearningRate, WarmsUpInEqualStepsWithoutWastingTheFirst) {
  for (const char* style : {"constant", "linear", "cosine"}) {
    const auto optimizer = Optimizer(style);
    EXPECT_DOUBLE_EQ(LearningRate(optimizer, 14, 0), 0.25);
    EXPECT_DOUBLE_EQ(LearningRate(optimizer, 14, 1), 0.5);
    EXPECT_DOUBLE_EQ(LearningRate(optimizer, 14, 3), 1.0);
  }
}

TEST(LearningRate, EndsWhereThePolicySays) {
  EXPECT_DOUBLE_EQ(LearningRate(Optimizer("constant"), 14, 13), 1.0);
  EXPECT_DOUBLE_EQ(LearningRate(Optimizer("linear"), 14, 13), 0.1);
  EXPECT_DOUBLE_EQ(LearningRate(Optimizer("cosine"), 14, 13), 0.1);
}

TEST(LearningRate, IsHalfWayInTheMiddle) {
  EXPECT_DOUBLE_EQ(LearningRate(Optimizer("linear"), 14, 8), 0.55);
  EXPECT_DOUBLE_EQ(LearningRate(Optimizer("cosine"), 14, 8), 0.55);
}

TEST(LearningRate, NeverRisesAfterTheWarmUp) {
  for (const char* style : {"constant", "linear", "cosine"}) {
    for (std::int64_t step = 4; step < 14; ++step) {
      EXPECT_LE(LearningRate(Optimizer(style), 14, step),
                LearningRate(Optimizer(style), 14, step - 1));
      EXPECT_GE(LearningRate(Optimizer(style), 14, step), 0.1);
    }
  }
}

TEST(LearningRate, WithoutWarmUpStartsToDecayAtOnce) {
  auto optimizer = Optimizer("linear");
  optimizer.lr_warmup_iters = 0;
  EXPECT_DOUBLE_EQ(LearningRate(optimizer, 10, 0), 0.91);
}

TEST(LearningRate, ARunShorterThanItsWarmUpNeverReachesLr) {
  EXPECT_DOUBLE_EQ(LearningRate(Optimizer("cosine"), 2, 1), 0.5);
}

TEST(LearningRate, RefusesAStyleThatItDoesNotKnow) {
  EXPECT_THROW(LearningRate(Optimizer("sawtooth"), 10, 9), std::logic_error);
}

}  // namespace
}  // namespace nam56r::runtime
