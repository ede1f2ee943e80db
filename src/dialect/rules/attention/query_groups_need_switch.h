#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kQueryGroupsNeedSwitch = {
    .code = "PLAN1315",
    .title = "Query groups that nothing turns on",
    .dests = {"num_query_groups", "group_query_attention"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return raw.Given("num_query_groups") && !a.On("group_query_attention") &&
                 !a.On("multi_latent_attention") &&
                 a.Int("num_query_groups") != a.Int("num_attention_heads");
        },
    .why =
        "drops the number of query groups without {group_query_attention}: every head gets "
        "keys and values of its own",
    .fix = "give {group_query_attention}, or leave {num_query_groups} out",
    .valid = "not given",
    .source = kFromArgs,
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .fails = "gpt --num-query-groups 8",
    .passes = "gpt --num-query-groups 8 --group-query-attention",
};

}  // namespace nam56r::dialect::rules
