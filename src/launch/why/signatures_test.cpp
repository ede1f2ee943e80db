#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "src/launch/why/candidate.h"
#include "src/launch/why/matcher.h"
#include "src/launch/why/signature.h"

namespace nam56r::launch::why {
namespace {

// The signatures that |text| has, whatever explains it best.
std::set<std::string> CodesIn(std::string_view text) {
  const std::vector<LogInput> logs = {{.name = "log", .file = {}, .text = std::string(text)}};
  const auto found = Matcher::OfSignatures().Read(logs);
  std::set<std::string> codes;
  for (const Candidate& candidate : Candidates(*found, 1)) {
    codes.emplace(candidate.signature->code);
  }
  return codes;
}

TEST(Signatures, SayEverything) {
  std::set<std::string_view> codes;
  for (const SignatureGroup& group : SignatureGroups()) {
    for (const Signature& signature : group.signatures) {
      SCOPED_TRACE(signature.code);
      EXPECT_TRUE(codes.insert(signature.code).second) << "twice";
      EXPECT_TRUE(signature.code.starts_with("WHY") && signature.code.size() == 7);
      for (const std::string_view text :
           {signature.title, signature.cause, signature.next, signature.why, signature.matches,
            signature.near_miss, signature.source}) {
        EXPECT_FALSE(text.empty());
      }
      EXPECT_TRUE(signature.cause.ends_with('.')) << signature.cause;
      EXPECT_TRUE(signature.next.ends_with('.')) << signature.next;
      EXPECT_FALSE(signature.all.empty());
      EXPECT_GT(signature.confidence, 0);
      EXPECT_LT(signature.confidence, 1);
      EXPECT_EQ(FindSignature(signature.code), &signature);
    }
  }
  EXPECT_EQ(FindSignature("WHY9999"), nullptr);
}

TEST(Signatures, MatchTheirExampleAndNotWhatLooksLikeIt) {
  for (const SignatureGroup& group : SignatureGroups()) {
    for (const Signature& signature : group.signatures) {
      const std::string code(signature.code);
      EXPECT_TRUE(CodesIn(signature.matches).contains(code)) << code << ": " << signature.matches;
      EXPECT_FALSE(CodesIn(signature.near_miss).contains(code))
          << code << ": " << signature.near_miss;
    }
  }
}

// What a healthy run writes explains nothing.
TEST(Signatures, FindNothingInAHealthyLog) {
  constexpr std::string_view kHealthy =
      "using world size: 8, data-parallel size: 2, tensor-parallel size: 4\n"
      "setting number of microbatches to constant 8\n"
      "> building GPT2BPETokenizer tokenizer ...\n"
      "n01:12:12 [0] NCCL INFO Bootstrap : Using eth0:10.0.0.1<0>\n"
      "n01:12:12 [0] NCCL INFO NET/IB : Using [0]mlx5_0:1/IB\n"
      "n01:12:80 [0] NCCL INFO comm 0x55 rank 0 nranks 8 - Init COMPLETE\n"
      "WARNING: one of the checkpoints could not be found, will start from random\n"
      " [2026-04-09 07:28:49] iteration 10/ 100 | elapsed time per iteration (ms): 512.1 | lm "
      "loss: "
      "8.1E+00 | loss scale: 1.0 | grad norm: 1.9 | number of skipped iterations:   0 | number of "
      "nan iterations:   0 |\n"
      "saving checkpoint at iteration 100 to /ckpt in torch_dist format\n"
      "@nam56r {\"event\":\"done\",\"seconds\":3.5,\"tokens_per_s\":1200}\n";
  EXPECT_THAT(CodesIn(kHealthy), testing::IsEmpty());
}

}  // namespace
}  // namespace nam56r::launch::why
