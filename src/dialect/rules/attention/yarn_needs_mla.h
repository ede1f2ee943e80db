#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kYarnNeedsMla = {
    .code = "POLICY1310",
    .title = "YaRN without MLA",
    .dests = {"rope_type", "multi_latent_attention"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("rope_type", "yarn") && !a.On("multi_latent_attention");
        },
    .why = "has the rotary type yarn in MLA only",
    .fix = "leave {rope_type} out, or turn on {multi_latent_attention}",
    .valid = "rope",
    .source = kFromArgs,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "gpt --rope-type yarn",
    .passes = "gpt --rope-type rope",
};

}  // namespace nam56r::dialect::rules
