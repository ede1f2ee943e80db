#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGdnNormNeedsVariant = {
    .code = "POLICY1716",
    .title = "Recompute of the norm of gated delta layers elsewhere",
    .dests = {"recompute_modules", "experimental_attention_variant"},
    .refuses =
        [](const Args& a, const Args&) {
          return Recomputes(a, "gdn_norm_out") &&
                 !a.Is("experimental_attention_variant", "gated_delta_net");
        },
    .why =
        "recomputes gdn_norm_out with --experimental-attention-variant gated_delta_net only, which "
        "a G in a hybrid pattern does not set",
    .fix = "remove gdn_norm_out",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> std::vector<std::string> {
      return Without(a, "recompute_modules", {"gdn_norm_out"});
    },
    .fails = "--recompute-granularity selective --recompute-modules gdn_norm_out moe_act",
    .passes = "--recompute-granularity selective --recompute-modules moe_act",
};

}  // namespace nam56r::dialect::rules
