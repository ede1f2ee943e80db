#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/offload.h"

namespace nam56r::dialect::rules {

inline bool HasUnknownOffload(const Args& a) {
  const nlohmann::json& listed = a.Value("offload_modules");
  if (!listed.is_array()) return false;
  const std::vector<std::string> known = OffloadModules(a);
  return std::any_of(listed.begin(), listed.end(), [&](const nlohmann::json& module) {
    return std::none_of(known.begin(), known.end(),
                        [&](const std::string& name) { return module == name; });
  });
}

inline constexpr ArgumentRule kUnknownOffloadModule = {
    .code = "POLICY1768",
    .title = "Offloading of a module that there is not",
    .dests = {"offload_modules", "fine_grained_activation_offloading"},
    .refuses = [](const Args& a,
                  const Args&) { return OffloadsModules(a) && HasUnknownOffload(a); },
    .why = "moves no module of that name to host memory",
    .fix = "write names that the release knows",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = OffloadModules,
    .fails = "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules mamba",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules core_attn",
};

}  // namespace nam56r::dialect::rules
