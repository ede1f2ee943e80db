#include "src/contract/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/contract/test_contracts.h"
#include "src/dialect/test_dialects.h"

namespace nam56r::contract {
namespace {

using nlohmann::json;
using seams::Change;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

ReadContract Reread(const json& document) {
  auto contract = Parse(document.dump(), "run.json");
  EXPECT_TRUE(contract) << contract.errors().front().message;
  return std::move(*contract);
}

ReadContract Contract(const seams::Change& change = [](auto&, auto&) {}) {
  return Reread(ToJson(MustCompile(seams::H200(change))));
}

Diff Between(const ReadContract& a, const ReadContract& b) {
  return Compare({&a, std::nullopt}, {&b, std::nullopt});
}

const ChangeGroup* Group(const Diff& diff, std::string_view name) {
  for (const ChangeGroup& group : diff.groups) {
    if (group.name == name) return &group;
  }
  return nullptr;
}

const contract::Change* Named(const std::vector<contract::Change>& changes, std::string_view name) {
  for (const contract::Change& change : changes) {
    if (change.name == name) return &change;
  }
  return nullptr;
}

TEST(Diff, OfAContractWithItselfIsEmpty) {
  const ReadContract a = Contract();
  const Diff diff = Between(a, a);
  EXPECT_TRUE(diff.same());
  EXPECT_EQ(diff.moved, 0u);
  EXPECT_EQ(diff.summary, "Nothing changed: the contracts are the same.");
}

TEST(Diff, OfTheSameContractFromOtherLinesNamesTheProvenanceAlone) {
  seams::TestLaunch launch = seams::H200();
  const ReadContract a = Reread(ToJson(MustCompile(launch)));
  for (auto& [key, origin] : launch.policy.origins) origin.at.line += 3;
  const ReadContract b = Reread(ToJson(MustCompile(launch)));
  const Diff diff = Between(a, b);
  EXPECT_TRUE(diff.same());
  EXPECT_GT(diff.moved, 10u);
  EXPECT_THAT(diff.summary, HasSubstr("Only the provenance changed"));
}

TEST(Diff, OfAModelFieldShowsTheFlagAndTheSizesBelowIt) {
  const ReadContract a = Contract();
  const ReadContract b = Contract([](recipe::Recipe& r, auto&) { r.moe.ffn_hidden_size *= 2; });
  const Diff diff = Between(a, b);
  EXPECT_EQ(diff.summary, "Only the model changed.");
  ASSERT_EQ(diff.groups.size(), 1u);
  ASSERT_EQ(diff.groups[0].changes.size(), 1u);
  const contract::Change& change = diff.groups[0].changes[0];
  EXPECT_EQ(change.name, "recipe.moe.ffn_hidden_size");
  EXPECT_EQ(change.sign, Sign::kChanged);
  EXPECT_THAT(change.from_origin, testing::ContainsRegex("nam56r.toml:[0-9]+"));
  EXPECT_NE(Named(change.follows, "flag --moe-ffn-hidden-size"), nullptr);
  EXPECT_NE(Named(change.follows, "plan.parameters.total"), nullptr);
  EXPECT_NE(Named(change.follows, "plan.tensors.moe"), nullptr);
  const contract::Change* slots = Named(change.follows, "plan.slots");
  ASSERT_NE(slots, nullptr);  // 22 slots in one entry
  EXPECT_THAT(slots->to.get<std::string>(), HasSubstr("22 differ: 1, 3, 5"));
}

TEST(Diff, OfAPolicyFieldShowsWhatIsDerived) {
  const ReadContract a = Contract();
  const ReadContract b = Contract([](auto&, policy::Policy& p) {
    p.batch.global_batch_size *= 2;
    p.environment["NCCL_DEBUG"] = "INFO";
    p.environment.erase("NCCL_IB_SL");
  });
  const Diff diff = Between(a, b);
  EXPECT_EQ(diff.summary, "Only the launch policy changed.");
  const ChangeGroup* policy = Group(diff, "policy");
  ASSERT_NE(policy, nullptr);
  EXPECT_EQ(policy->changes.size(), 3u);
  const auto* batch = Named(policy->changes, "policy.batch.global_batch_size");
  ASSERT_NE(batch, nullptr);
  EXPECT_NE(Named(batch->follows, "derived.micro_batches"), nullptr);
  EXPECT_NE(Named(batch->follows, "flag --global-batch-size"), nullptr);
  EXPECT_EQ(Named(policy->changes, "policy.environment.NCCL_DEBUG")->sign, Sign::kAdded);
  EXPECT_EQ(Named(policy->changes, "policy.environment.NCCL_IB_SL")->sign, Sign::kRemoved);
  const ChangeCounts counts = CountChanges(diff);
  EXPECT_EQ(counts.added, 1u);
  EXPECT_EQ(counts.removed, 1u);
  EXPECT_EQ(counts.changed, 1u);
  EXPECT_GE(counts.following, 3u);
}

// Two decisions, and a flag that names neither: compiling each alone tells.
TEST(Diff, FindsTheCauseByCompilingOneChangeAtATime) {
  const ReadContract a = Contract();
  const ReadContract b = Contract([](recipe::Recipe& r, policy::Policy& p) {
    r.moe.router_topk = 2;
    p.mtp.depth = p.mtp.depth == 2 ? 1 : 2;
  });
  const Diff diff = Between(a, b);
  EXPECT_THAT(diff.summary, HasSubstr("The model and the launch policy changed"));
  const ChangeGroup* policy = Group(diff, "policy");
  ASSERT_NE(policy, nullptr);
  const auto* depth = Named(policy->changes, "policy.mtp.depth");
  ASSERT_NE(depth, nullptr);
  EXPECT_NE(Named(depth->follows, "flag --hybrid-layer-pattern"), nullptr);
  EXPECT_NE(Named(depth->follows, "plan.parameters.total"), nullptr);
  EXPECT_EQ(Group(diff, "version"), nullptr);
}

TEST(Diff, OfTheListOfSeamsNamesThemOneByOne) {
  const ReadContract a = Contract();
  const ReadContract b = Contract([](auto&, policy::Policy& p) {
    p.kernels.cross_entropy = "linear";
    p.seams.required.emplace_back("linear-cross-entropy");
  });
  const Diff there = Between(a, b);
  const ChangeGroup* seams = Group(there, "seam");
  ASSERT_NE(seams, nullptr);
  const auto* added = Named(seams->changes, "seam linear-cross-entropy");
  ASSERT_NE(added, nullptr);
  EXPECT_EQ(added->sign, Sign::kAdded);
  EXPECT_FALSE(added->to.is_null());  // and what it does in this launch
  EXPECT_THAT(there.summary,
              HasSubstr("launch policy and the seams changed; the model is the same"));
  const Diff back = Between(b, a);
  EXPECT_EQ(Named(Group(back, "seam")->changes, "seam linear-cross-entropy")->sign, Sign::kRemoved);
}

TEST(Diff, OfDialectsShowsWhatTheChangeBrought) {
  const seams::TestLaunch launch = dialect::AdaptedLaunch("nam56r", "h200x8-bf16", "megatron@0.18");
  const auto read = [&](const std::string& dialect) {
    auto contract = Compile(launch.recipe, launch.policy, {dialect});
    EXPECT_TRUE(contract) << contract.errors().front().message;
    return Reread(ToJson(*contract));
  };
  const Diff diff = Between(read("megatron@0.18"), read("megatron@0.19"));
  EXPECT_THAT(diff.summary, AllOf(HasSubstr("the dialect changed"),
                                  HasSubstr("the model and the launch policy are the same")));
  const ChangeGroup* changed = Group(diff, "dialect");
  ASSERT_NE(changed, nullptr);
  EXPECT_FALSE(changed->changes.front().follows.empty());
}

TEST(Diff, OfHostsIsOfReceiptsAlone) {
  const ReadContract a = Contract();
  const json host = {{"machine", {{"name", "one"}, {"cores", 8}}}, {"paths", {{"runs", "r"}}}};
  json other = host;
  other["machine"]["cores"] = 16;
  other["api_token"] = "hunter2";
  const Diff diff = Compare({&a, host}, {&a, other});
  EXPECT_EQ(diff.summary, "Only the host changed.");
  EXPECT_TRUE(diff.hosts_compared);
  const ChangeGroup* group = Group(diff, "host");
  ASSERT_NE(group, nullptr);
  EXPECT_EQ(Named(group->changes, "host.machine.cores")->to, 16);
  EXPECT_THAT(ToJson(diff).dump(), testing::Not(HasSubstr("hunter2")));
  EXPECT_FALSE(Compare({&a, host}, {&a, std::nullopt}).hosts_compared);
  EXPECT_TRUE(Compare({&a, host}, {&a, host}).same());
}

// What another version would write: the same inputs, another flag.
TEST(Diff, OfTheSameInputsCompiledOtherwiseBlamesTheVersion) {
  json document = ToJson(MustCompile(seams::H200()));
  const ReadContract a = Reread(document);
  document["generated_native_args"].erase(3);
  document["digest"] = DigestOf(document);
  const ReadContract b = Reread(document);
  const Diff diff = Between(a, b);
  ASSERT_EQ(diff.groups.size(), 1u);
  EXPECT_EQ(diff.groups[0].name, "version");
  EXPECT_THAT(diff.summary, HasSubstr("different versions"));
}

// One decision changed, and a flag besides that this version would have written on both sides.
TEST(Diff, DoesNotBlameTheOneDecisionForWhatAnotherVersionWrote) {
  const ReadContract a = Contract();
  json document = ToJson(MustCompile(seams::H200(
      [](auto&, policy::Policy& p) { p.batch.train_iters = p.batch.train_iters * 2; })));
  for (json& arg : document["generated_native_args"]) {
    if (arg["flag"] == "--hidden-size") arg["values"] = {"4096"};
  }
  document["digest"] = DigestOf(document);
  const Diff diff = Between(a, Reread(document));
  const ChangeGroup* version = Group(diff, "version");
  ASSERT_NE(version, nullptr);
  EXPECT_NE(Named(version->changes, "flag --hidden-size"), nullptr);
  const auto* iters = Named(Group(diff, "policy")->changes, "policy.batch.train_iters");
  ASSERT_NE(iters, nullptr);
  EXPECT_NE(Named(iters->follows, "flag --train-iters"), nullptr);
  EXPECT_EQ(Named(iters->follows, "flag --hidden-size"), nullptr);
  EXPECT_THAT(diff.summary,
              AllOf(HasSubstr("Only the launch policy changed."), HasSubstr("another version")));
}

TEST(Diff, OfManyDecisionsSaysThatNoneWasTried) {
  const ReadContract a = Contract([](auto&, policy::Policy& p) {
    policy::Optimizer& o = p.optimizer;
    for (double* number : {&o.beta1, &o.beta2, &o.epsilon, &o.weight_decay, &o.clip_grad}) {
      *number *= 0.9;
    }
    o.seed += 1;
  });
  const ReadContract b = Reread(ToJson(MustCompile(seams::Laptop())));
  const Diff diff = Between(a, b);
  EXPECT_GT(CountChanges(diff).changed, 64u);
  EXPECT_FALSE(diff.causes_tried);
  EXPECT_EQ(ToJson(diff).at("causes_tried"), false);
  EXPECT_TRUE(Between(a, a).causes_tried);
}

// For fields that may change alone: the diff names it, in its group, and blames nothing else.
TEST(Diff, NamesWhateverFieldChanged) {
  const seams::TestLaunch launch = seams::H200();
  const ReadContract a = Reread(ToJson(MustCompile(launch)));
  int named = 0;
  int number = 0;
  for (const auto& field : policy::Schema()) {
    if (++number % 3 != 0) continue;  // each costs three compilations and a reading
    seams::TestLaunch other = launch;
    const base::FieldValue value = base::internal::GetField(field, launch.policy.value);
    if (const auto* flag = std::get_if<bool>(&value)) {
      base::internal::SetField(field, other.policy.value, !*flag);
    } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      base::internal::SetField(field, other.policy.value, *integer * 2 + 1);
    } else if (const auto* real = std::get_if<double>(&value)) {
      base::internal::SetField(field, other.policy.value, *real / 2);
    }
    auto contract = Compile(other.recipe, other.policy, {});
    if (!contract || base::internal::GetField(field, other.policy.value) == value) continue;
    const ReadContract b = Reread(ToJson(*contract));
    const Diff diff = Between(a, b);
    const ChangeGroup* group = Group(diff, "policy");
    ASSERT_NE(group, nullptr) << field.spec.key;
    EXPECT_NE(Named(group->changes, "policy." + field.spec.key), nullptr) << field.spec.key;
    EXPECT_EQ(Group(diff, "plan"), nullptr) << field.spec.key;
    EXPECT_EQ(Group(diff, "version"), nullptr) << field.spec.key;
    EXPECT_EQ(Group(diff, "together"), nullptr) << field.spec.key;
    ++named;
  }
  EXPECT_GT(named, 8);
}

}  // namespace
}  // namespace nam56r::contract
