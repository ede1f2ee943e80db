#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/offload.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadedLayersOneStage = {
    .code = "POLICY1762",
    .title = "Layers in host memory with pipeline stages",
    .dests = {"cpu_offloading_num_layers", "pipeline_model_parallel_size"},
    .refuses = [](const Args& a, const Args&) { return OffloadsLayers(a) && Pp(a) > 1; },
    .why = "moves the activations of layers without PP only",
    .fix = "set {pipeline_model_parallel_size} to 1",
    .valid = "0",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "gpt --cpu-offloading-num-layers 4",
    .passes =
        "gpt !--pipeline-model-parallel-size !--num-layers-per-virtual-pipeline-stage "
        "--cpu-offloading-num-layers 4",
};

}  // namespace nam56r::dialect::rules
