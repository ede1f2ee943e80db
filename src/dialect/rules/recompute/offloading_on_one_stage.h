#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOffloadingOnOneStage = {
    .code = "POLICY1718",
    .title = "Layers in host memory on several stages",
    .dests = {"cpu_offloading_num_layers", "pipeline_model_parallel_size"},
    .refuses = [](const Args& a,
                  const Args&) { return a.Int("cpu_offloading_num_layers") > 0 && Pp(a) > 1; },
    .why = "keeps the activations of layers in host memory on one stage only",
    .fix = "set {cpu_offloading_num_layers} to 0, or {pipeline_model_parallel_size} to 1",
    .valid = "0",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "gpt --cpu-offloading-num-layers 4",
    .passes = "--cpu-offloading-num-layers 4",
};

}  // namespace nam56r::dialect::rules
