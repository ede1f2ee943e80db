#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDispatcherUnitsAgree = {
    .code = "POLICY1472",
    .title = "Old counts of dispatching units that disagree",
    .dests = {"moe_deepep_num_sms", "moe_hybridep_num_sms", "moe_flex_dispatcher_num_sms"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("moe_deepep_num_sms") && !a.IsNull("moe_hybridep_num_sms") &&
                 a.IsNull("moe_flex_dispatcher_num_sms") &&
                 a.Int("moe_deepep_num_sms") != a.Int("moe_hybridep_num_sms");
        },
    .why =
        "has one count of multiprocessors for the dispatcher, and two old flags say different ones",
    .fix = "give {moe_flex_dispatcher_num_sms} instead",
    .valid = "not given",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails = "--moe-deepep-num-sms 20 --moe-hybridep-num-sms 16",
    .passes = "--moe-flex-dispatcher-num-sms 16",
};

}  // namespace nam56r::dialect::rules
