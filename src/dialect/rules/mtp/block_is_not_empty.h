#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kBlockIsNotEmpty = {
    .code = "PLAN1604",
    .title = "A '/' with nothing behind it",
    .dests = {"hybrid_layer_pattern"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::string pattern = a.Text("hybrid_layer_pattern");
          return pattern.find('/') != std::string::npos && MtpDepthOfPattern(pattern) == 0;
        },
    .why = "reads no MTP block after '/' and says nothing: the model has none",
    .fix = "write the block after each '/' of {hybrid_layer_pattern}, or take the '/' away",
    .source = "hybrid_layer_allocation.py:parse_hybrid_pattern",
    .stage = Stage::kRun,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      const std::string pattern = a.Text("hybrid_layer_pattern");
      return {pattern.substr(0, pattern.find('/'))};
    },
    .fails = "--hybrid-layer-pattern MEME/",
    .passes = "--hybrid-layer-pattern MEME/ME",
};

}  // namespace nam56r::dialect::rules
