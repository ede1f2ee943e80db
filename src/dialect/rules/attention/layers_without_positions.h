#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLayersWithoutPositions = {
    .code = "PLAN1370",
    .title = "A list of layers without positions that is not as long as the model",
    .dests = {"no_rope_freq", "num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          const nlohmann::json& freq = a.Value("no_rope_freq");
          const std::int64_t layers = a.Int("num_layers");
          if (freq.is_array())
            return !freq.empty() && static_cast<std::int64_t>(freq.size()) != layers;
          const std::int64_t rounds = a.Int("no_rope_freq");
          return rounds < 0 && layers % rounds != 0;
        },
    .why = "leaves out positions by a list with one entry a layer",
    .fix = "write one entry a layer",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of =
        [](const Args& a) {
          return std::vector<std::string>{"lists of " + std::to_string(a.Int("num_layers"))};
        },
    .fails = "gpt --no-rope-freq -3",
    .passes = "gpt --no-rope-freq 4",
};

}  // namespace nam56r::dialect::rules
