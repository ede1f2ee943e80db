// Cuts that once built fewer layers than were asked for and said nothing: the four reports of
// NVIDIA/Megatron-LM. Every release here must be stopped before it trains such a model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/dialect/argument_rules.h"
#include "src/dialect/rewrite_rules.h"
#include "src/dialect/rule_examples.h"

namespace nam56r::dialect {
namespace {

using testing::Contains;
using testing::ElementsAreArray;
using testing::HasSubstr;

struct Loss {
  std::string_view report;
  std::string_view words;
  std::string_view code;
  std::vector<std::string> valid;
};

constexpr std::string_view kOneExpertRank = " --expert-model-parallel-size 1";

const Loss kLosses[] = {
    {"issue 468: 80 layers, 16 stages, chunks of 2: 64 were built",
     "gpt --num-layers 80 --pipeline-model-parallel-size 16 "
     "--num-layers-per-virtual-pipeline-stage 2 @32",
     "POLICY1015",
     {"1", "5"}},
    {"pull request 326: 40 layers, 8 stages, chunks of 2: 32 were built",
     "gpt --num-layers 40 --pipeline-model-parallel-size 8 "
     "--num-layers-per-virtual-pipeline-stage 2 @16",
     "POLICY1015",
     {"1", "5"}},
    {"issue 1304: 30 layers, 4 stages: 28 were built",
     "gpt --num-layers 30 --pipeline-model-parallel-size 4 "
     "!--num-layers-per-virtual-pipeline-stage",
     "POLICY1008",
     {"1", "2", "3", "5", "6", "10", "15", "30"}},
    {"issue 1778: 20 layers, one stage that is told to hold 1: 1 was built",
     "gpt --num-layers 20 --pipeline-model-parallel-size 1 --decoder-last-pipeline-num-layers 1 "
     "!--num-layers-per-virtual-pipeline-stage",
     "POLICY1014",
     {"20"}},
};

TEST(LayerLoss, IsRefusedByEveryReleaseWithWhatWouldBeTaken) {
  for (const Release& release : Releases()) {
    for (const Loss& loss : kLosses) {
      const ExampleLine line =
          Example(release, std::string(loss.words) + std::string(kOneExpertRank));
      const EffectiveArgs raw(release, line.argv, line.surroundings);
      EffectiveArgs args = raw;
      ApplyRewrites(args);
      bool refused = false;
      for (const RuleFinding& finding : CheckCommandLine(args, raw)) {
        const base::Diagnostic& error = finding.diagnostic;
        if (error.code != loss.code) continue;
        refused = true;
        EXPECT_EQ(error.severity, base::Severity::kError);
        EXPECT_THAT(error.valid, ElementsAreArray(loss.valid)) << loss.report;
        EXPECT_THAT(error.message, HasSubstr("NVIDIA/Megatron-LM"));
        EXPECT_THAT(error.fields, Contains("--num-layers")) << loss.report;
      }
      EXPECT_TRUE(refused) << release.dialect << ' ' << loss.report;
    }
  }
}

}  // namespace
}  // namespace nam56r::dialect
