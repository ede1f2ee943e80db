#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kQueryGroupsOrMla = {
    .code = "PLAN1305",
    .title = "Query groups in MLA",
    .dests = {"group_query_attention", "multi_latent_attention"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("multi_latent_attention") && a.On("group_query_attention");
        },
    .why = "has no query groups in MLA",
    .fix = "turn off {group_query_attention} or {multi_latent_attention}",
    .valid = "false",
    .source = kValidate,
    .fails = "--group-query-attention --num-query-groups 4",
    .passes = "gpt --group-query-attention --num-query-groups 4",
};

}  // namespace nam56r::dialect::rules
