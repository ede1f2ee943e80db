#include "src/dialect/argument_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "src/dialect/fields.h"
#include "src/dialect/megatron.h"
#include "src/dialect/rewrite_rules.h"
#include "src/seams/test_launch.h"

namespace nam56r::dialect {
namespace {

using seams::Change;
using seams::H200;
using seams::TestLaunch;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using Reach = ArgumentRule::Reach;

// The plain model that every release has words for: MLA alone.
TestLaunch Plain(const Change& change) {
  return H200([&](recipe::Recipe& r, policy::Policy& p) {
    r.dsa.ranks.clear();
    p.mtp.depth = 0;
    p.kernels.mla_down_proj_fusion = false;
    p.attention.sparse_mode = "dense";
    p.attention.indexer_loss_coeff = 0;
    change(r, p);
  });
}

// The fields that lowering blames, by the first of each refusal.
std::vector<std::string> Blamed(const TestLaunch& launch, const std::string& dialect) {
  const Context context = launch.On(dialect);
  Lowered lowered;
  const Release& release = *FindRelease(dialect);
  lowered.args = MegatronArgs(context, release);
  lowered.fields = MegatronFields(context, release);
  const EffectiveArgs raw = ArgumentsOf(context, release, lowered);
  EffectiveArgs args = raw;
  ApplyRewrites(args);
  std::vector<std::string> fields;
  for (const base::Diagnostic& error : CheckContract(context, args, raw)) {
    EXPECT_NE(error.code, "");
    EXPECT_EQ(error.where.size(), error.fields.size()) << error.message;
    EXPECT_FALSE(error.valid.empty()) << error.message;
    EXPECT_FALSE(error.fix.empty()) << error.message;
    EXPECT_THAT(error.message, HasSubstr(dialect));
    for (const std::string& text : {error.message, error.fix}) {
      EXPECT_THAT(text, Not(HasSubstr("{"))) << text;  // a name left open
    }
    fields.push_back(error.fields.empty() ? error.message : error.fields.front());
  }
  return fields;
}

TEST(ArgumentRules, RefuseByRelease) {
  struct Case {
    std::string field;
    Change change;
    std::vector<int> refused;  // minors; the others take it
  };
  const std::vector<int> all = {16, 17, 18, 19};
  const std::vector<Case> cases = {
      {"policy.optimizer.kind",
       [](auto&, auto& p) {
         p.optimizer.kind = "muon";
         p.optimizer.distributed = false;
         p.overlap.grad_reduce = true;
       },
       {16, 17}},
      {"policy.graphs.implementation",
       [](auto&, auto& p) {
         p.graphs.implementation = "local";
         p.graphs.modules = {"attn"};
         p.layout.expert_parallel = 8;
       },
       {16, 17}},
      {"policy.graphs.implementation",
       [](auto&, auto& p) {
         p.graphs.implementation = "full_iteration";
         p.recompute.granularity = "none";
         p.recompute.modules.clear();
       },
       all},
      {"policy.graphs.modules",
       [](auto&, auto& p) {
         p.graphs.implementation = "transformer_engine";
         p.graphs.modules = {"attn", "mlp"};
       },
       all},
      {"policy.graphs.modules",
       [](auto&, auto& p) {
         p.graphs.implementation = "transformer_engine";
         p.graphs.modules = {"moe"};
       },
       all},
      {"policy.graphs.modules",
       [](auto&, auto& p) {
         p.graphs.implementation = "transformer_engine";
         p.graphs.modules = {"attn", "moe_preprocess"};
       },
       all},
      {"policy.overlap.moe_shared_expert",
       [](auto&, auto& p) {
         p.overlap.moe_shared_expert = true;
         p.dispatcher.kind = "flex";
         p.layout.expert_parallel = 8;
       },
       {16, 17}},
      {"policy.overlap.moe_expert_parallel_comm",
       [](auto&, auto& p) { p.overlap.moe_expert_parallel_comm = true; }, all},
      {"policy.overlap.delay_wgrad_compute",
       [](auto&, auto& p) { p.overlap.delay_wgrad_compute = true; }, all},
      {"policy.overlap.tp_comm", [](auto&, auto& p) { p.overlap.tp_comm = true; }, all},
      {"policy.overlap.p2p_comm",
       [](auto&, auto& p) {
         p.layout.pipeline_parallel = 2;
         p.layout.virtual_pipeline_parallel = 2;
         p.overlap.p2p_comm = false;
       },
       {17, 18, 19}},
      {"policy.optimizer.cpu_offload_fraction",
       [](auto&, auto& p) { p.optimizer.cpu_offload_fraction = 0.5; }, all},
      {"policy.optimizer.precision_aware",
       [](auto&, auto& p) {
         p.optimizer.kind = "muon";
         p.optimizer.precision_aware = true;
       },
       all},
      {"policy.precision.fp8_recipe",
       [](auto&, auto& p) {
         p.precision.compute = "fp8";
         p.precision.fp8_recipe = "delayed";
         p.precision.bf16_layers_at_start = 1;
         p.recompute.modules = {"mlp"};
       },
       all},
      {"policy.precision.bf16_layers_at_end",
       [](auto&, auto& p) {
         p.precision.compute = "fp8";
         p.precision.bf16_layers_at_end = 53;
       },
       all},
      {"policy.checkpoint.async_save",
       [](auto&, auto& p) {
         p.checkpoint.async_save = true;
         p.checkpoint.save = "main";
         p.checkpoint.save_interval = 10;
         p.checkpoint.format = "torch";
       },
       all},
      {"policy.environment",
       [](auto&, auto& p) {
         p.layout.tensor_parallel = 2;
         p.environment.erase("CUDA_DEVICE_MAX_CONNECTIONS");
       },
       all},
  };
  for (const Case& c : cases) {
    const TestLaunch launch = Plain(c.change);
    for (int minor : all) {
      const std::string dialect = "megatron@0." + std::to_string(minor);
      const bool refused = std::find(c.refused.begin(), c.refused.end(), minor) != c.refused.end();
      const std::vector<std::string> blamed = Blamed(launch, dialect);
      if (refused) {
        EXPECT_THAT(blamed, Contains(c.field)) << dialect;
      } else {
        EXPECT_THAT(blamed, Not(Contains(c.field))) << dialect;
      }
    }
  }
}

TEST(ArgumentRules, SpeakOfFieldsInAContractAndOfFlagsOnACommandLine) {
  const std::vector<std::string> argv = {"--num-layers",
                                         "2",
                                         "--hidden-size",
                                         "64",
                                         "--num-attention-heads",
                                         "4",
                                         "--seq-length",
                                         "8",
                                         "--max-position-embeddings",
                                         "8",
                                         "--micro-batch-size",
                                         "1",
                                         "--overlap-param-gather"};
  const EffectiveArgs raw(*FindRelease("megatron@0.17"), argv,
                          {.packages = {{"transformer_engine", "apex"}}});
  EffectiveArgs args = raw;
  ApplyRewrites(args);
  std::vector<RuleFinding> found = CheckCommandLine(args, raw);
  std::erase_if(found, [](const RuleFinding& one) {
    return one.diagnostic.severity != base::Severity::kError;
  });
  ASSERT_EQ(found.size(), 1u);
  const std::vector<base::Diagnostic> errors = {found[0].diagnostic};
  EXPECT_EQ(errors[0].where.front().at.file, kArgv);
  EXPECT_EQ(argv.at(static_cast<std::size_t>(errors[0].where.front().at.line) - 1),
            "--overlap-param-gather");
  EXPECT_THAT(errors[0].message, HasSubstr("--overlap-param-gather: megatron@0.17"));
  EXPECT_THAT(errors[0].message, HasSubstr("arguments.py:validate_args"));
  EXPECT_THAT(errors[0].fix, HasSubstr("--use-distributed-optimizer"));
  EXPECT_THAT(errors[0].fields, Contains("--overlap-grad-reduce"));

  const TestLaunch launch = Plain([](auto&, auto& p) {
    p.overlap.param_gather = true;
    p.optimizer.distributed = false;
  });
  auto lowered = Lower(launch.On("megatron@0.17"));
  ASSERT_FALSE(lowered);
  const base::Diagnostic& error = lowered.errors().front();
  EXPECT_THAT(error.fix, HasSubstr("optimizer.distributed"));
  EXPECT_THAT(error.fields, Contains("policy.optimizer.distributed"));
  EXPECT_THAT(error.where.front().label, HasSubstr("overlap.param_gather = true"));
  EXPECT_GT(error.where[1].at.line, 0);  // the policy sets it
}

// Of groups of experts the plan has refused what does not fit; a command line has no plan.
TEST(ArgumentRules, RefuseExpertGroupsOnACommandLine) {
  const auto blamed = [](std::vector<std::string> argv) {
    for (const char* word : {"--num-experts", "16", "--moe-ffn-hidden-size", "8"}) {
      argv.emplace_back(word);
    }
    const EffectiveArgs args(*FindRelease("megatron@0.19"), argv);
    std::vector<std::string> dests;
    for (const ArgumentRule* rule : Refusing(args, args, Reach::kCommandLine)) {
      dests.emplace_back(rule->dests.front());
    }
    return dests;
  };
  EXPECT_THAT(blamed({"--moe-router-group-topk", "1"}), Contains("moe_router_num_groups"));
  EXPECT_THAT(blamed({"--moe-router-group-topk", "1", "--moe-router-num-groups", "5"}),
              Contains("moe_router_num_groups"));
  EXPECT_THAT(blamed({"--moe-router-group-topk", "3", "--moe-router-num-groups", "2"}),
              Contains("moe_router_group_topk"));
  EXPECT_THAT(
      blamed({"--moe-router-group-topk", "1", "--moe-router-num-groups", "4"}),
      Not(testing::AnyOf(Contains("moe_router_num_groups"), Contains("moe_router_group_topk"))));
}

// The table of fields and the rules are about things that exist.
TEST(ArgumentRules, NameArgumentsAndFieldsThatExist) {
  const TestLaunch launch = H200();
  const Context context = launch.On("megatron@0.19");
  int count = 0;
  for (const auto& [rule, group, file] : ArgumentRules()) {
    EXPECT_FALSE(rule->why.empty() || rule->fix.empty() || rule->source.empty()) << rule->why;
    EXPECT_TRUE(rule->valid_of != nullptr || !rule->valid.empty()) << rule->why;
    EXPECT_EQ(rule->dests.front().empty(), rule->problem.has_value()) << rule->code;
    for (std::string_view dest : rule->dests) {
      if (dest.empty()) continue;
      const auto has = [&](const Release& release) { return release.FindDest(dest) != nullptr; };
      const auto releases = Releases();
      EXPECT_TRUE(dest.starts_with("env:") || std::any_of(releases.begin(), releases.end(), has))
          << dest;
      const std::string_view field = FieldOfDest(dest);
      if (field.empty()) continue;
      EXPECT_NO_THROW(ValueOf(context, field)) << field;
    }
    // A contract must be able to say what it is refused for.
    if (rule->reach != Reach::kCommandLine) {
      EXPECT_FALSE(FieldOfDest(rule->dests.front()).empty()) << rule->dests.front();
    }
    ++count;
  }
  EXPECT_GT(count, 80);
}

}  // namespace
}  // namespace nam56r::dialect
