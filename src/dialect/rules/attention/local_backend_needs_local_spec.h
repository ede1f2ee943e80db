#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLocalBackendNeedsLocalSpec = {
    .code = "POLICY1306",
    .title = "The local attention backend",
    .dests = {"attention_backend"},
    .refuses =
        [](const Args& a, const Args&) {
          const nlohmann::json& spec = a.Value("spec");
          const bool local_spec = spec.is_array() && !spec.empty() && spec.front() == "local";
          return a.Is("attention_backend", "local") && !local_spec;
        },
    .why = "takes the local attention only with --spec local, which is no hybrid model",
    .fix = "choose another {attention_backend}",
    .valid = "\"auto\"|\"flash\"|\"fused\"|\"unfused\"",
    .source = kValidate,
    .fails = "--attention-backend local",
    .passes = "--attention-backend flash",
};

}  // namespace nam56r::dialect::rules
