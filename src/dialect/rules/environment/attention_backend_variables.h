#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kAttentionBackendVariables = {
    .code = "POLICY2309",
    .title = "Variables against the attention backend",
    .dests = {"attention_backend", "env:NVTE_FLASH_ATTN", "env:NVTE_FUSED_ATTN",
              "env:NVTE_UNFUSED_ATTN"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::string backend = a.Text("attention_backend");
          const auto differs = [&](const char* name, bool wanted) {
            const std::string* value = SetVariable(a, name);
            return value != nullptr && *value != (wanted ? "1" : "0");
          };
          const bool any = backend == "auto";
          return differs("NVTE_FLASH_ATTN", any || backend == "flash") ||
                 differs("NVTE_FUSED_ATTN", any || backend == "fused") ||
                 differs("NVTE_UNFUSED_ATTN", any || backend == "unfused");
        },
    .why =
        "sets NVTE_FLASH_ATTN, NVTE_FUSED_ATTN and NVTE_UNFUSED_ATTN by --attention-backend, and "
        "stops at a variable that says otherwise",
    .fix = "take the variables away",
    .valid = "flash|fused|unfused|auto",
    .source = "language_module.py:LanguageModule._set_attention_backend",
    .stage = Stage::kBuild,
    .fails = "NVTE_FLASH_ATTN=0",
    .passes = "NVTE_FLASH_ATTN=0 --attention-backend fused",
};

}  // namespace nam56r::dialect::rules
