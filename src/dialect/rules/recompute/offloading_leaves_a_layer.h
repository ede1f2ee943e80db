#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadingLeavesALayer = {
    .code = "POLICY1719",
    .title = "All layers in host memory",
    .dests = {"cpu_offloading_num_layers", "num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Int("cpu_offloading_num_layers") > 0 && a.Int("num_layers") > 0 &&
                 a.Int("cpu_offloading_num_layers") >= a.Int("num_layers");
        },
    .why = "keeps the activations of fewer layers in host memory than the model has",
    .fix = "lower {cpu_offloading_num_layers}",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> std::vector<std::string> {
      return {"0 to " + std::to_string(a.Int("num_layers") - 1)};
    },
    .fails = "--cpu-offloading-num-layers 52",
    .passes = "--cpu-offloading-num-layers 51",
};

}  // namespace nam56r::dialect::rules
