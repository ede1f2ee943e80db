#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMlaUpProjNeedsMla = {
    .code = "POLICY1705",
    .title = "Recompute of the MLA projection in a model without MLA",
    .dests = {"recompute_modules", "multi_latent_attention"},
    .refuses =
        [](const Args& a, const Args&) {
          return Recomputes(a, "mla_up_proj") && !a.On("multi_latent_attention");
        },
    .why = "recomputes mla_up_proj in MLA layers, and this model has none",
    .fix = "remove mla_up_proj",
    .source = kConfig,
    .stage = Stage::kBuild,
    .valid_of = [](const Args& a) { return Without(a, "recompute_modules", {"mla_up_proj"}); },
    .fails = "gpt --recompute-granularity selective --recompute-modules mla_up_proj",
    .passes = "--recompute-granularity selective --recompute-modules mla_up_proj",
};

}  // namespace nam56r::dialect::rules
