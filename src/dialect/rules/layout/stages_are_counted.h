#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kStagesAreCounted = {
    .code = "POLICY1071",
    .title = "Fewer than one pipeline stage",
    .dests = {"pipeline_model_parallel_size"},
    .refuses = [](const Args& a, const Args&) { return Pp(a) < 1; },
    .why = "has one pipeline stage and more",
    .fix = "write 1",
    .valid = "1 and more",
    .source = kConfig,
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "--pipeline-model-parallel-size -1",
    .passes = "--pipeline-model-parallel-size 1",
};

}  // namespace nam56r::dialect::rules
