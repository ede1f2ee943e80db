#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/offload.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSomeLayersStay = {
    .code = "POLICY1761",
    .title = "All layers in host memory",
    .dests = {"cpu_offloading_num_layers", "num_layers"},
    .refuses =
        [](const Args& a, const Args&) {
          return OffloadsLayers(a) && a.Int("cpu_offloading_num_layers") >= a.Int("num_layers");
        },
    .why = "moves the activations of fewer layers than there are",
    .fix = "choose fewer layers",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .valid_of =
        [](const Args& a) {
          return std::vector<std::string>{"0 to " + std::to_string(a.Int("num_layers") - 1)};
        },
    .fails =
        "gpt !--pipeline-model-parallel-size !--num-layers-per-virtual-pipeline-stage "
        "--cpu-offloading-num-layers 16",
    .passes =
        "gpt !--pipeline-model-parallel-size !--num-layers-per-virtual-pipeline-stage "
        "--cpu-offloading-num-layers 4",
};

}  // namespace nam56r::dialect::rules
