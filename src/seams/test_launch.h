#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

#include "src/seams/context.h"

/// For tests: a shipped recipe and policy, changed as the test likes, and expanded.
namespace nam56r::seams {

inline std::string ShippedPath(const std::string& folder, const std::string& name) {
  return std::string(NAM56R_SOURCE_DIR) + "/" + folder + "/" + name + ".toml";
}

struct TestLaunch {
  base::Loaded<recipe::Recipe> recipe;
  base::Loaded<policy::Policy> policy;
  plan::Plan plan;

  Context On(std::string dialect) const { return {recipe, policy, plan, std::move(dialect)}; }
};

using Change = std::function<void(recipe::Recipe&, policy::Policy&)>;

inline TestLaunch Launch(
    const std::string& recipe, const std::string& policy,
    const Change& change = [](auto&, auto&) {}) {
  TestLaunch launch;
  auto r = recipe::Load(ShippedPath("recipes", recipe));
  auto p = policy::Load(ShippedPath("policies", policy));
  EXPECT_TRUE(r.ok() && p.ok()) << recipe << ", " << policy;
  if (!r || !p) return launch;
  change(r->value, p->value);
  const policy::Layout& layout = p->value.layout;
  auto plan = plan::Expand(*r, {layout.pipeline_parallel, layout.virtual_pipeline_parallel,
                                p->value.mtp.depth, layout.layers_per_chunk});
  EXPECT_TRUE(plan.ok()) << (plan.ok() ? "" : plan.errors().front().message);
  if (!plan) return launch;
  return {std::move(*r), std::move(*p), std::move(*plan)};
}

/// The whole model on eight H200.
inline TestLaunch H200(const Change& change = [](auto&, auto&) {}) {
  return Launch("nam56r", "h200x8-bf16", change);
}

/// The small model on four processes, cut into two stages.
inline TestLaunch Laptop(const Change& change = [](auto&, auto&) {}) {
  return Launch("nam56r-tiny", "laptop", change);
}

inline const base::Diagnostic* FindCode(const base::Diagnostics& errors, std::string_view code) {
  for (const base::Diagnostic& error : errors) {
    if (error.code == code) return &error;
  }
  return nullptr;
}

}  // namespace nam56r::seams
