#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/heterogeneous.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kHeterogeneousLayersAreWhole = {
    .code = "PLAN2907",
    .title = "Layers that differ, told in part",
    .dests = {"heterogeneous_layers_config_encoded_json"},
    .refuses =
        [](const Args&, const Args& raw) {
          const nlohmann::json layers = HeterogeneousLayers(raw);
          return layers.is_discarded() || (layers.is_object() && !IsWhole(layers));
        },
    .why =
        "reads the sizes of layers that differ from an object of JSON with hidden_act silu and the "
        "same group of query heads in every layer",
    .fix = "leave {heterogeneous_layers_config_encoded_json} out",
    .valid = "not given",
    .source = kHeterogeneousSource,
    .reach = Reach::kCommandLine,
    .fails = "gpt --heterogeneous-layers-config-encoded-json {}",
    .passes = "gpt --swiglu",
};

}  // namespace nam56r::dialect::rules
