// What findings on a raw command line say: whose fault it is, and what to write instead.
#include "src/dialect/rule_wording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/dialect/argument_rules.h"
#include "src/dialect/rewrite_rules.h"
#include "src/dialect/rule_examples.h"

namespace nam56r::dialect {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const Release& Newest() { return *FindRelease("megatron@0.19"); }

std::vector<RuleFinding> Check(const Release& release, std::string_view words) {
  const ExampleLine line = Example(release, words);
  const EffectiveArgs raw(release, line.argv, line.surroundings);
  EffectiveArgs args = raw;
  ApplyRewrites(args);
  return CheckCommandLine(args, raw);
}

base::Diagnostic Found(std::string_view words, std::string_view code) {
  for (RuleFinding& one : Check(Newest(), words)) {
    if (one.rule->code == code) return std::move(one.diagnostic);
  }
  ADD_FAILURE() << code << " is silent about " << words;
  return {};
}

TEST(RuleWording, SaysWhatStandsOnTheLine) {
  const std::vector<std::string> argv = {
      "--bf16", "--no-rope-fusion", "--optimizer", "muon", "--recompute-modules", "mlp", "moe_act"};
  const EffectiveArgs raw(Newest(), argv, {.environment = {{"A", "1"}, {"B", ""}}});
  EXPECT_EQ(SaidOnLine(raw, "bf16"), "--bf16");
  EXPECT_EQ(SaidOnLine(raw, "fp16"), "--fp16 is not given");
  EXPECT_EQ(SaidOnLine(raw, "apply_rope_fusion"), "--no-rope-fusion");
  EXPECT_EQ(SaidOnLine(raw, "add_bias_linear"), "--disable-bias-linear is not given");
  EXPECT_EQ(SaidOnLine(raw, "optimizer"), "--optimizer muon");
  EXPECT_EQ(SaidOnLine(raw, "recompute_modules"), "--recompute-modules mlp moe_act");
  EXPECT_EQ(SaidOnLine(raw, "ffn_hidden_size"), "--ffn-hidden-size is not given");
  EXPECT_EQ(SaidOnLine(raw, "env:A"), "A=1");
  EXPECT_EQ(SaidOnLine(raw, "env:B"), "B=");
  EXPECT_EQ(SaidOnLine(raw, "env:C"), "C is not set");
}

TEST(RuleWording, TurnsVerbsAroundBeforeNegativeFlags) {
  const EffectiveArgs raw(Newest(), {});
  const Naming name = [&](std::string_view dest) { return NameOnLine(raw, dest); };
  EXPECT_EQ(Spoken("turn on {overlap_p2p_comm}, or turn on {bf16}", name),
            "drop --no-overlap-p2p-communication, or turn on --bf16");
  EXPECT_EQ(Spoken("turn off {apply_rope_fusion}; it costs", name),
            "give --no-rope-fusion; it costs");
  EXPECT_EQ(Spoken("leave {apply_rope_fusion} out, or leave {bf16} out", name),
            "give --no-rope-fusion, or leave --bf16 out");
}

TEST(RuleWording, ValuesAreThoseOfALine) {
  const EffectiveArgs raw(Newest(), {});
  EXPECT_EQ(ValidOnLine(raw, "optimizer", "\"adam\""), "adam");
  EXPECT_EQ(ValidOnLine(raw, "env:A", "A = \"1\""), "A=1");
  EXPECT_EQ(ValidOnLine(raw, "cuda_graph_modules", "[]"), "not given");
  EXPECT_EQ(ValidOnLine(raw, "apply_rope_fusion", "false"), "given");
  EXPECT_EQ(ValidOnLine(raw, "overlap_p2p_comm", "true"), "not given");
  EXPECT_EQ(ValidOnLine(raw, "bf16", "true"), "true");
  EXPECT_EQ(ValidOnLine(raw, "lr", "\""), "\"");
}

TEST(RuleWording, BlamesWhatStandsThere) {
  struct Case {
    std::string_view code;
    std::string_view words;
    std::string_view subject;
  };
  constexpr Case kCases[] = {
      {"POLICY1007", "gpt --no-overlap-p2p-communication", "--no-overlap-p2p-communication:"},
      {"POLICY1337", "--pipeline-model-parallel-size 2", "--no-rope-fusion is not given:"},
      {"POLICY2320", "CPPMEGA_DSA_KL_MODE=full", "CPPMEGA_DSA_KL_MODE=full:"},
      {"POLICY2313", "TRITON_CACHE_DIR=/cache", "TRITON_CACHE_DIR=/cache:"},
      {"POLICY2316",
       "CPPMEGA_STRUCTURE_ENABLED=1 --tensor-model-parallel-size 2 --sequence-parallel",
       "CPPMEGA_STRUCTURE_ENABLED=1:"},
      {"PLAN1509", "gpt --mamba-state-dim 64", "--mamba-state-dim 64:"},
      {"PLAN1318", "--dsa-indexer-head-dim 64", "--dsa-indexer-head-dim 64:"},
      {"POLICY1920", "--num-layers-at-end-in-bf16 2", "--num-layers-at-end-in-bf16 2:"},
      {"PLAN1030", "--tensor-model-parallel-size 4 --sequence-parallel --moe-ffn-hidden-size 898",
       "--moe-ffn-hidden-size 898:"},
      {"POLICY1416", "--moe-router-padding-for-quantization",
       "--moe-router-padding-for-quantization:"},
      {"POLICY1101", "--micro-batch-size 0", "--micro-batch-size 0:"},
      {"POLICY1101", "--global-batch-size 0", "--global-batch-size 0:"},
      {"POLICY2003", "--weight-decay-incr-style linear", "--weight-decay-incr-style linear:"},
      {"POLICY2003", "--start-weight-decay 0.1", "--start-weight-decay 0.1:"},
      {"POLICY2116", "--cross-entropy-loss-fusion --cross-entropy-fusion-impl te",
       "--cross-entropy-fusion-impl te:"},
  };
  for (const Case& c : kCases) {
    const base::Diagnostic found = Found(c.words, c.code);
    EXPECT_THAT(found.message, StartsWith(std::string(c.subject)));
    ASSERT_FALSE(found.where.empty()) << c.code;
    EXPECT_EQ(found.where.front().label + ':', c.subject);
  }
  EXPECT_THAT(Found("CPPMEGA_DSA_KL_MODE=full", "POLICY2320").fields,
              ElementsAre("CPPMEGA_DSA_KL_MODE"));
  EXPECT_THAT(Found("--tensor-model-parallel-size 4 --sequence-parallel --moe-ffn-hidden-size 898",
                    "PLAN1030")
                  .valid,
              ElementsAre("896", "900"));
  EXPECT_THAT(Found("--start-weight-decay 0.1", "POLICY2003").valid, ElementsAre("not given"));
}

TEST(RuleWording, WaysOutCanBeWrittenOnALine) {
  EXPECT_EQ(Found("gpt !CUDA_DEVICE_MAX_CONNECTIONS", "POLICY2301").fix,
            "set CUDA_DEVICE_MAX_CONNECTIONS to 1");
  EXPECT_THAT(Found("gpt !CUDA_DEVICE_MAX_CONNECTIONS", "POLICY2301").valid,
              ElementsAre("CUDA_DEVICE_MAX_CONNECTIONS=1"));
  EXPECT_THAT(Found("--optimizer-cpu-offload", "POLICY2007").valid, ElementsAre("false"));
  EXPECT_THAT(Found("--cuda-graph-modules attn", "POLICY1801").valid, ElementsAre("not given"));
  EXPECT_THAT(Found("--attention-backend local", "POLICY1306").valid, Contains("flash"));
  EXPECT_THAT(Found("gpt --no-overlap-p2p-communication", "POLICY1007").fix,
              HasSubstr("drop --no-overlap-p2p-communication"));
}

// Of every rule, on the line that it fails on.
TEST(RuleWording, NoFindingSpeaksOfContractsOrTurnsNegativeFlagsOn) {
  for (const auto& [rule, group, name] : ArgumentRules()) {
    for (const Release& release : Releases()) {
      if (!rule->releases.Includes(release.minor)) continue;
      for (const RuleFinding& one : Check(release, rule->fails)) {
        const base::Diagnostic& found = one.diagnostic;
        EXPECT_FALSE(found.message.starts_with(':')) << one.rule->code << " blames nothing";
        std::string text = found.message + '\n' + found.fix;
        for (const std::string& value : found.valid) {
          EXPECT_FALSE(value.starts_with('"') || value == "[]") << one.rule->code << ' ' << value;
        }
        for (const base::SourceNote& note : found.where) text += '\n' + note.label;
        EXPECT_THAT(text,
                    Not(AnyOf(HasSubstr(" null"), HasSubstr("(off)"), HasSubstr("[environment]"),
                              HasSubstr("turn on --no-"), HasSubstr("turn off --no-rope"),
                              HasSubstr("turn on --disable-"))))
            << one.rule->code;
        // Whoever is blamed is one of the rule's own.
        if (one.rule->blamed_of == nullptr) continue;
        EXPECT_THAT(found.where, Not(IsEmpty())) << one.rule->code;
      }
    }
  }
}

}  // namespace
}  // namespace nam56r::dialect
