#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline bool HasUnknownModule(const Args& a) {
  const nlohmann::json& listed = a.Value("recompute_modules");
  if (!Selective(a) || !listed.is_array()) return false;
  const std::vector<std::string> known = RecomputeModules(a);
  for (const nlohmann::json& module : listed) {
    bool found = false;
    for (const std::string& name : known) found = found || module == name;
    if (!found) return true;
  }
  return false;
}

inline constexpr ArgumentRule kUnknownModule = {
    .code = "POLICY1703",
    .title = "Module of recompute that the release does not know",
    .dests = {"recompute_modules"},
    .refuses = [](const Args& a, const Args&) { return HasUnknownModule(a); },
    .why = "recomputes no part of that name",
    .fix = "choose among the valid names",
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of = RecomputeModules,
    .fails = "--recompute-granularity selective --recompute-modules moe_act mamba",
    .passes = "--recompute-granularity selective --recompute-modules moe_act",
};

}  // namespace nam56r::dialect::rules
