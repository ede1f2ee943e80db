#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLayersWithoutPositions = {
    .code = "PLAN1370",
    .title = "Layers without positions that are not those of the model",
    .dests = {"no_rope_freq", "num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          const nlohmann::json& freq = a.Value("no_rope_freq");
          const std::int64_t layers = a.Int("num_layers");
          if (!a.On("no_rope_freq")) return false;
          if (freq.is_number_integer()) return layers % freq.get<std::int64_t>() != 0;
          return freq.is_array() && static_cast<std::int64_t>(freq.size()) != layers;
        },
    .why =
        "leaves out positions at every so many layers, which must divide them, or as a list with "
        "one entry a layer",
    .fix = "choose a divisor of the number of layers",
    .valid = "divisors of the number of layers",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "gpt --no-rope-freq 3",
    .passes = "gpt --no-rope-freq 4",
};

}  // namespace nam56r::dialect::rules
