#include "src/launch/catalog/comparable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/launch/launch_testing.h"

namespace nam56r::launch::catalog {
namespace {

using nlohmann::json;

const json kHost = {{"machine", {{"name", "laptop"}, {"gpu", ""}}}};

Comparables Of(const std::function<void(recipe::Recipe&, policy::Policy&)>& change,
               const json& host = kHost) {
  const std::string root = std::string(NAM56R_SOURCE_DIR) + "/";
  auto recipe = testing::Must(recipe::Load(root + "recipes/nam56r-tiny.toml"));
  auto policy = testing::Must(policy::Load(root + "policies/laptop.toml"));
  if (change) change(recipe.value, policy.value);
  const auto contract = testing::Must(contract::Compile(recipe, policy, {}));
  return ComparablesOf(
      testing::Must(contract::Parse(contract::ToJson(contract).dump(), "test.json")), host);
}

// A field that nobody thought about must not be taken for one that does not matter.
TEST(Relevances, CoverEveryFieldWithAReason) {
  const auto look = [](const auto& schema, const std::string& prefix) {
    for (const auto& field : schema) {
      const Relevance* relevance = RelevanceOf(prefix + field.spec.key);
      ASSERT_NE(relevance, nullptr) << prefix << field.spec.key;
      EXPECT_FALSE(relevance->why.empty());
    }
  };
  look(recipe::Schema(), "recipe.");
  look(policy::Schema(), "policy.");
  // And every row says something of a field that exists.
  for (const Relevance& relevance : Relevances()) {
    bool found = false;
    for (const auto& field : recipe::Schema()) {
      found = found || ("recipe." + field.spec.key).starts_with(relevance.prefix);
    }
    for (const auto& field : policy::Schema()) {
      found = found || ("policy." + field.spec.key).starts_with(relevance.prefix);
    }
    EXPECT_TRUE(found) << relevance.prefix;
  }
}

TEST(Comparable, WhatIsTrainedCountsAndHowItIsCarriedOutDoesNot) {
  struct Case {
    const char* what;
    std::function<void(recipe::Recipe&, policy::Policy&)> change;
    bool loss;
    bool speed;
  };
  const std::vector<Case> cases = {
      {"label", [](auto&, auto& p) { p.run.name = "other"; }, true, true},
      {"threads of the loader", [](auto&, auto& p) { p.data.num_workers = 1; }, true, true},
      {"batch", [](auto&, auto& p) { p.batch.global_batch_size *= 2; }, false, true},
      {"steps", [](auto&, auto& p) { p.batch.train_iters += 1; }, false, true},
      {"seed", [](auto&, auto& p) { p.optimizer.seed += 1; }, false, true},
      {"rate", [](auto&, auto& p) { p.optimizer.lr *= 2; }, false, true},
      {"data", [](auto&, auto& p) { p.data.split = "90,5,5"; }, false, true},
      {"MTP", [](auto&, auto& p) { p.mtp.depth += 1; }, false, false},
      {"muon that nobody reads", [](auto&, auto& p) { p.muon.momentum = 0.9; }, true, true},
      {"model", [](auto& r, auto&) { r.moe.ffn_hidden_size *= 2; }, false, false},
      {"start", [](auto& r, auto&) { r.model.init_std *= 2; }, false, true},
  };
  const Comparables first = Of(nullptr);
  for (const Case& each : cases) {
    const Comparables second = Of(each.change);
    const auto loss = Obstacles(first.loss, second.loss);
    const auto speed = Obstacles(first.speed, second.speed);
    EXPECT_EQ(loss.empty(), each.loss) << each.what;
    EXPECT_EQ(speed.empty(), each.speed) << each.what;
    EXPECT_EQ(KeyOf(first.loss) == KeyOf(second.loss), each.loss) << each.what;
    EXPECT_EQ(KeyOf(first.speed) == KeyOf(second.speed), each.speed) << each.what;
  }
}

TEST(Comparable, SpeedIsOfTheSameProcessors) {
  const Comparables laptop = Of(nullptr);
  const Comparables other = Of(nullptr, {{"machine", {{"name", "desk"}, {"gpu", ""}}}});
  EXPECT_FALSE(Obstacles(laptop.speed, other.speed).empty());
  const Comparables h200 = Of(nullptr, {{"machine", {{"name", "n1"}, {"gpu", "H200"}}}});
  const Comparables same = Of(nullptr, {{"machine", {{"name", "n2"}, {"gpu", "H200"}}}});
  EXPECT_TRUE(Obstacles(h200.speed, same.speed).empty()) << "another node of the same GPU";
  const auto gpu =
      Obstacles(h200.speed, Of(nullptr, {{"machine", {{"name", "n2"}, {"gpu", "H100"}}}}).speed);
  ASSERT_EQ(gpu.size(), 1u);
  EXPECT_EQ(gpu[0].field, "host.gpu");
  EXPECT_TRUE(Obstacles(laptop.loss, h200.loss).empty());
}

}  // namespace
}  // namespace nam56r::launch::catalog
