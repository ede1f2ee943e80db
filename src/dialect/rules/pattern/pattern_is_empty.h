#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPatternIsEmpty = {
    .code = "PLAN1209",
    .title = "A pattern without layers",
    .dests = {"hybrid_layer_pattern"},
    .refuses =
        [](const Args& a, const Args&) {
          return !a.IsNull("hybrid_layer_pattern") &&
                 LayersOfPattern(a.Text("hybrid_layer_pattern")) == 0;
        },
    .why = "divides by the number of layers, which is 0",
    .fix = "write layers before the first '/' of {hybrid_layer_pattern}, or leave it out",
    .valid = "patterns of 1 layer and more",
    .source = "utils.py:scaled_init_method_normal",
    .stage = Stage::kBuild,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .fails = "--hybrid-layer-pattern /ME",
    .passes = "--hybrid-layer-pattern ME/ME",
};

}  // namespace nam56r::dialect::rules
