#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kUnknownOffloadedModule = {
    .code = "POLICY1722",
    .title = "Module of offloading that the release does not know",
    .dests = {"offload_modules"},
    .refuses =
        [](const Args& a, const Args&) {
          if (!OffloadsActivations(a) || !a.Value("offload_modules").is_array()) return false;
          const std::vector<std::string> known = OffloadModules(a);
          for (const nlohmann::json& module : a.Value("offload_modules")) {
            if (std::none_of(known.begin(), known.end(),
                             [&](const std::string& name) { return module == name; }))
              return true;
          }
          return false;
        },
    .why = "moves no activations of that name to host memory",
    .fix = "choose among the valid names",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> std::vector<std::string> { return OffloadModules(a); },
    .fails = "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules mamba",
    .passes =
        "NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules attn_norm",
};

}  // namespace nam56r::dialect::rules
