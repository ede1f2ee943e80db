#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLayersToldTwice = {
    .code = "POLICY1215",
    .title = "A number of layers beside a pattern of another length",
    .dests = {"num_layers", "hybrid_layer_pattern"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return !a.Text("hybrid_layer_pattern").empty() && raw.Given("num_layers") &&
                 !raw.IsNull("num_layers") &&
                 raw.Int("num_layers") != LayersOfPattern(a.Text("hybrid_layer_pattern"));
        },
    .why = "counts the pattern and builds that many layers, whatever else it is told",
    .fix = "leave {num_layers} out",
    .source = kValidate,
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return {"not given", std::to_string(LayersOfPattern(a.Text("hybrid_layer_pattern")))};
    },
    .fails = "--hybrid-layer-pattern MEME --num-layers 52",
    .passes = "--hybrid-layer-pattern MEME --num-layers 4",
};

}  // namespace nam56r::dialect::rules
