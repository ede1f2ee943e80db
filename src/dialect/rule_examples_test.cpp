#include "src/dialect/rule_examples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "src/dialect/argument_rules.h"
#include "src/dialect/rewrite_rules.h"

namespace nam56r::dialect {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Reach = ArgumentRule::Reach;

std::vector<std::string> CodesOf(const Release& release, std::string_view words, Reach reach) {
  const ExampleLine line = Example(release, words);
  const EffectiveArgs raw(release, line.argv, line.surroundings);
  EffectiveArgs args = raw;
  ApplyRewrites(args);
  std::vector<std::string> codes;
  for (const ArgumentRule* rule : Refusing(args, raw, reach)) codes.emplace_back(rule->code);
  return codes;
}

TEST(RuleExamples, TheLaunchThatIsChangedIsRefusedByNoRule) {
  for (const Release& release : Releases()) {
    for (std::string_view words : {"", "gpt"}) {
      const ExampleLine line = Example(release, words);
      EXPECT_THAT(Violations(release, line.argv), IsEmpty()) << release.dialect << ' ' << words;
      EXPECT_THAT(CodesOf(release, words, Reach::kCommandLine), IsEmpty()) << release.dialect;
    }
  }
}

TEST(RuleExamples, EveryRuleFiresOnOneAndNotOnTheOther) {
  for (const auto& [rule, group, name] : ArgumentRules()) {
    const Reach reach = rule->reach == Reach::kContract ? Reach::kContract : Reach::kCommandLine;
    EXPECT_FALSE(rule->title.empty()) << group << '/' << name;
    EXPECT_FALSE(rule->fails.empty()) << group << '/' << name << " has no example that fails";
    if (rule->fails.empty()) continue;
    for (const Release& release : Releases()) {
      if (!rule->releases.Includes(release.minor)) continue;
      const std::string code(rule->code);
      EXPECT_THAT(CodesOf(release, rule->fails, reach), Contains(code))
          << release.dialect << ' ' << group << '/' << name << ": " << rule->fails;
      if (rule->stage != ArgumentRule::Stage::kParse) {
        const ExampleLine line = Example(release, rule->fails);
        EXPECT_EQ(EffectiveArgs(release, line.argv, line.surroundings).problem_count(), 0u)
            << release.dialect << ' ' << name << " fails in the parser already";
      }
      EXPECT_THAT(CodesOf(release, rule->passes, reach), Not(Contains(code)))
          << release.dialect << ' ' << group << '/' << name << ": " << rule->passes;
      // The way out leads out, not into the next refusal.
      EXPECT_THAT(CodesOf(release, rule->passes, Reach::kCommandLine), IsEmpty())
          << release.dialect << ' ' << group << '/' << name << ": " << rule->passes;
    }
  }
}

struct Heeded {
  int since;
  int until;
  std::string_view words;
  std::vector<std::string> told;      // codes among those that refuse
  std::vector<std::string> not_told;  // codes that are not
};

void Expect(const std::vector<Heeded>& cases) {
  for (const Heeded& c : cases) {
    for (const Release& release : Releases()) {
      if (release.minor < c.since || release.minor > c.until) continue;
      const std::vector<std::string> codes = CodesOf(release, c.words, Reach::kCommandLine);
      for (const std::string& code : c.told) {
        EXPECT_THAT(codes, Contains(code)) << release.dialect << ' ' << c.words;
      }
      for (const std::string& code : c.not_told) {
        EXPECT_THAT(codes, Not(Contains(code))) << release.dialect << ' ' << c.words;
      }
    }
  }
}

// One mistake is one finding: the next rule waits until the first is silent.
TEST(RuleExamples, OneMistakeIsToldOnce) {
  Expect({
      {17, 19, "--hybrid-layer-pattern -MEM", {"POLICY0902"}, {"PLAN1204"}},
      {17, 19, "--hybrid-layer-pattern=", {"PLAN1209"}, {"PLAN1261"}},
      {16, 19, "gpt --num-layers 0", {"PLAN1261"}, {"PLAN1209"}},
      {18, 19, "--micro-batch-size 0", {"POLICY1101"}, {"POLICY1102"}},
      {18, 19, "--eval-micro-batch-size 0", {"POLICY1102"}, {"POLICY1101"}},
      {16, 19, "gpt --num-layers 15", {"POLICY1008"}, {"POLICY1015"}},
      {16, 19, "gpt --num-layers 12", {"POLICY1015"}, {"POLICY1008"}},
      {16, 19, "gpt --expert-model-parallel-size 3", {"POLICY1005"}, {"POLICY1024"}},
      {16, 19, "gpt --expert-model-parallel-size 4", {"POLICY1024"}, {"POLICY1005"}},
      {16, 19, "gpt --group-query-attention --num-query-groups 5", {"PLAN1003"}, {"PLAN1316"}},
      {16, 19, "gpt --group-query-attention --num-query-groups 6", {"PLAN1316"}, {"PLAN1003"}},
      {16, 19, "gpt @12 --context-parallel-size 3", {"PLAN1011"}, {"PLAN1025"}},
      {16, 19, "gpt --seq-length 4095", {"PLAN1025"}, {"PLAN1011"}},
  });
}

TEST(RuleExamples, VariablesSetToNothingAreSet) {
  Expect({
      {19, 19, "--deterministic-mode", {}, {"POLICY2310"}},
      {19, 19, "--deterministic-mode NCCL_ALGO=Ring,,CollnetChain", {}, {"POLICY2310"}},
      {19, 19, "--deterministic-mode NCCL_ALGO=", {"POLICY2310"}, {}},
      {19, 19, "--deterministic-mode NCCL_ALGO=,", {"POLICY2310"}, {}},
      {19, 19, "--deterministic-mode NCCL_ALGO=Ring,Tree", {"POLICY2310"}, {}},
      {19, 19, "--deterministic-mode CUBLAS_WORKSPACE_CONFIG=", {"POLICY2310"}, {}},
      {19, 19, "--deterministic-mode NVTE_ALLOW_NONDETERMINISTIC_ALGO=", {"POLICY2310"}, {}},
      {19, 19, "--deterministic-mode MAMBA_DETERMINISTIC=", {}, {"POLICY2310"}},
      {16, 19, "NVTE_FLASH_ATTN=", {"POLICY2309"}, {}},
      {16, 19, "NVTE_FLASH_ATTN=1", {}, {"POLICY2309"}},
  });
  // Words between commas have spaces around them, which an example cannot write.
  const Release& release = *FindRelease("megatron@0.19");
  for (const auto& [value, refused] : {std::pair("Ring, CollnetChain", false), {" ", true}}) {
    ExampleLine line = Example(release, "--deterministic-mode");
    line.surroundings.environment["NCCL_ALGO"] = value;
    const EffectiveArgs args(release, line.argv, line.surroundings);
    std::vector<std::string> codes;
    for (const ArgumentRule* rule : Refusing(args, args, Reach::kCommandLine)) {
      codes.emplace_back(rule->code);
    }
    EXPECT_EQ(std::count(codes.begin(), codes.end(), "POLICY2310"), refused ? 1 : 0) << value;
  }
}

TEST(RuleExamples, EnginesAndPackagesAreNeededWhereTheyAreUsed) {
  constexpr std::string_view kOffload =
      "--fine-grained-activation-offloading --offload-modules attn_norm";
  constexpr std::string_view kDelayed =
      " gpt --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 "
      "--delay-wgrad-compute --cuda-graph-impl transformer_engine --cuda-graph-modules ";
  const auto with = [](std::string_view a, std::string_view b) {
    return std::string(a.substr(a.front() == ' ' ? 1 : 0)) + std::string(b);
  };
  const std::string old_offload = with(kOffload, " te:2.9");
  const std::string offload = with(kOffload, " te:2.10");
  const std::string offload_anywhere = with(kOffload, " !te");
  const std::string attention = with(kDelayed, "attn te:2.11");
  const std::string attention_new = with(kDelayed, "attn te:2.12");
  const std::string router = with(kDelayed, "moe_router te:2.11");
  const std::string router_beside =
      with(kDelayed, "moe_router te:2.11 --moe-shared-expert-overlap");
  Expect({
      {16, 19, old_offload, {}, {"POLICY2304"}},
      {16, 19, offload, {"POLICY2304"}, {}},
      {16, 19, offload_anywhere, {"POLICY2304"}, {}},
      {17, 19, attention, {"HOST2514"}, {}},
      {17, 19, attention_new, {}, {"HOST2514"}},
      {17, 19, router, {"HOST2514"}, {}},
      {17, 19, router_beside, {}, {"HOST2514"}},
      {18, 19, "te:2.2 --overlap-dispatch-backward-with-experts-wgrad", {"HOST2514"}, {}},
      {18, 19, "te:2.3 --overlap-dispatch-backward-with-experts-wgrad", {}, {"HOST2514"}},
      // The pattern says which layers there are.
      {16,
       19,
       "!pkg:fast_hadamard_transform --experimental-attention-variant dsa --hybrid-layer-pattern "
       "MEM*",
       {},
       {"HOST2509"}},
      {18,
       19,
       "!pkg:fast_hadamard_transform --experimental-attention-variant dsa --hybrid-layer-pattern "
       "MEMD",
       {"HOST2509"},
       {}},
      {17,
       19,
       "!pkg:fla --experimental-attention-variant gated_delta_net --hybrid-layer-pattern MEM*",
       {},
       {"HOST2506"}},
      {17, 19, "!pkg:fla --hybrid-layer-pattern MEMG", {"HOST2506"}, {}},
  });
}

TEST(RuleExamples, WarmupOfSamplesIsCountedInSteps) {
  constexpr std::string_view kSamples =
      "!--train-iters --lr 1e-4 --min-lr 1e-5 --train-samples 10000000 --lr-warmup-fraction ";
  const std::string long_enough = std::string(kSamples) + "0.01";  // 1562 steps of 64
  const std::string short_of_it = std::string(kSamples) + "0.0005";
  const std::string decay = std::string(kSamples) + "0.01 --lr-decay-samples 100000";
  Expect({
      {16, 19, long_enough, {}, {"POLICY2022"}},
      {16, 19, short_of_it, {"POLICY2022"}, {}},
      {16, 19, decay, {"POLICY2022"}, {}},
  });
}

// Products of what anybody writes, and a quotient.
TEST(RuleExamples, HoldForNumbersThatDoNotFit) {
  const auto layers = [](std::string_view heads, std::string_view of_group) {
    return "gpt --heterogeneous-layers-config-encoded-json "
           "{\"hidden_act\":\"silu\",\"hidden_size\":"
           "4096,\"num_hidden_layers\":16,\"num_attention_heads\":" +
           std::string(heads) +
           ",\"tie_word_embeddings\":false,\"rope_theta\":500000,\"rope_scaling\":{\"factor\":8.0},"
           "\"block_configs\":[{\"attention\":{\"n_heads_in_group\":" +
           std::string(of_group) + "}}]}";
  };
  const std::string least = layers("-9223372036854775808", "-1");
  const std::string unsigned_one = layers("-9223372036854775808", "18446744073709551615");
  const std::string most = layers("32", "2147483647");
  constexpr std::string_view kLevels =
      "--context-parallel-size 4 --cp-comm-type a2a+p2p --hierarchical-context-parallel-sizes ";
  const std::string levels = std::string(kLevels) + "1048578 2";  // 2 modulo 2^20
  const std::string huge = std::string(kLevels) + "4611686018427387904 4 4";
  Expect({
      {16, 19, least, {"PLAN2907"}, {"PLAN2908"}},
      {16, 19, unsigned_one, {"PLAN2907"}, {"PLAN2908"}},
      {16, 19, most, {"PLAN2908"}, {"PLAN2907"}},
      {16, 19, levels, {"POLICY1013"}, {}},
      {16, 19, huge, {"POLICY1013"}, {}},
  });
  for (std::string_view words :
       {"--mamba-num-heads 2147483647 --mamba-head-dim 2147483647 --mamba-num-groups 2147483647 "
        "--mamba-state-dim 2147483647 --fp8-format hybrid sm:12",
        "--tensor-model-parallel-size 2147483647 --pipeline-model-parallel-size 2147483647 "
        "--context-parallel-size 2147483647 --expert-model-parallel-size 2147483647 "
        "?--tensor-parallel-num-weight-shards 2147483647 --num-distributed-optimizer-instances "
        "3"}) {
    for (const Release& release : Releases()) {
      EXPECT_THAT(CodesOf(release, words, Reach::kCommandLine), Not(IsEmpty())) << words;
    }
  }
}

// What is offered can be written, and is about what the fix speaks of.
TEST(RuleExamples, OfferValuesThatCanBeTaken) {
  struct Case {
    int since;
    std::string_view code;
    std::string_view words;
    std::string_view valid;
    std::string_view fix;
  };
  const std::vector<Case> cases = {
      {16, "PLAN1002", "--tensor-model-parallel-size 8", "8",
       "choose a multiple of --tensor-model-parallel-size for --num-attention-heads"},
      {16, "HOST2517",
       "sm:12 !--mamba-num-heads --mamba-head-dim 48 --fp8-format hybrid --fp8-recipe tensorwise",
       "144", "--mamba-num-heads"},
      {16, "POLICY2002", "--lr-decay-iters 0", "none while the decay has no steps",
       "lengthen --lr-decay-iters"},
      {18, "POLICY1102", "--eval-micro-batch-size 0",
       "none while the micro-batch of evaluation is empty", "--global-batch-size"},
  };
  for (const Case& c : cases) {
    for (const Release& release : Releases()) {
      if (release.minor < c.since) continue;
      const ExampleLine line = Example(release, c.words);
      const EffectiveArgs raw(release, line.argv, line.surroundings);
      EffectiveArgs args = raw;
      ApplyRewrites(args);
      bool found = false;
      for (const RuleFinding& finding : CheckCommandLine(args, raw)) {
        if (finding.rule->code != c.code) continue;
        found = true;
        EXPECT_THAT(finding.diagnostic.valid, Contains(std::string(c.valid))) << release.dialect;
        EXPECT_THAT(finding.diagnostic.fix, HasSubstr(std::string(c.fix))) << release.dialect;
      }
      EXPECT_TRUE(found) << release.dialect << ' ' << c.code << ' ' << c.words;
    }
  }
}

TEST(RuleExamples, CodesAreUniqueAndNameTheGroup) {
  std::set<std::string_view> codes;
  std::map<std::string_view, std::string_view> numbers;  // of groups
  for (const auto& [rule, group, name] : ArgumentRules()) {
    EXPECT_TRUE(codes.insert(rule->code).second) << rule->code << " is also " << name;
    ASSERT_GE(rule->code.size(), 8U) << name;
    const std::string_view number = rule->code.substr(rule->code.size() - 4, 2);
    const auto it = numbers.try_emplace(group, number).first;
    EXPECT_EQ(it->second, number) << rule->code << ' ' << name;
  }
}

TEST(RuleExamples, WordsThatAreNoneAreRefused) {
  const Release& release = Releases().back();
  EXPECT_THROW(Example(release, "nonsense"), std::logic_error);
  EXPECT_THROW(Example(release, "@many"), std::logic_error);
  EXPECT_THAT(Example(release, "!--bf16").argv, Not(Contains("--bf16")));
  EXPECT_EQ(Example(release, "@16").surroundings.world_size, 16);
  EXPECT_EQ(Example(release, "NCCL_ALGO=Ring").surroundings.Variable("NCCL_ALGO"), "Ring");
}

}  // namespace
}  // namespace nam56r::dialect
