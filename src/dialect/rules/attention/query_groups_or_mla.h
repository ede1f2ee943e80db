#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kQueryGroupsOrMla = {
    .code = "PLAN1305",
    .dests = {"group_query_attention", "multi_latent_attention"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("multi_latent_attention") && a.On("group_query_attention");
        },
    .why = "has no query groups in MLA",
    .fix = "turn off one of them",
    .valid = "false",
    .source = kValidate,
};

}  // namespace nam56r::dialect::rules
