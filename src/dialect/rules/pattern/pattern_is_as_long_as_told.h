#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPatternIsAsLongAsTold = {
    .code = "PLAN1210",
    .title = "A pattern of another length than the model",
    .dests = {"hybrid_override_pattern", "num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::string pattern = a.Text("hybrid_override_pattern");
          return !pattern.empty() && !a.IsNull("num_layers") &&
                 static_cast<std::int64_t>(pattern.size()) != a.Int("num_layers");
        },
    .why = "wants a symbol for each layer",
    .fix = "set {num_layers} to the length of {hybrid_override_pattern}",
    .source = "mamba_hybrid_layer_allocation.py:_allocate_override",
    .stage = Stage::kBuild,
    .releases = {.until = 16},
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return {std::to_string(a.Int("num_layers")) + " symbols"};
    },
    .fails = "--num-layers 51",
    .passes = "--num-layers 52",
};

}  // namespace nam56r::dialect::rules
