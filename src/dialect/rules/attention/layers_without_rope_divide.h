#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kLayersWithoutRopeDivide = {
    .code = "PLAN1332",
    .title = "Layers without rotary embeddings at a frequency that does not come out",
    .dests = {"no_rope_freq", "num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t freq = a.Int("no_rope_freq");
          return freq > 0 && a.Int("num_layers") % freq != 0;
        },
    .why = "leaves rotary embeddings out of every so many layers, in whole rounds",
    .fix = "choose a divisor of {num_layers} for {no_rope_freq}",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values { return DivisorsOf(a.Int("num_layers")); },
    .fails = "gpt --no-rope-freq 3",
    .passes = "gpt --no-rope-freq 4",
};

}  // namespace nam56r::dialect::rules
