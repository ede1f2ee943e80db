#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDualpipevStandsAlone = {
    .code = "POLICY2314",
    .title = "DualPipeV with other parallelism",
    .dests = {"env:CPPMEGA_DUALPIPEV", "expert_model_parallel_size",
              "pipeline_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return VariableIs(a, "CPPMEGA_DUALPIPEV", "1") &&
                 (Pp(a) > 1 || a.Int("expert_model_parallel_size", 1) > 1 ||
                  a.surroundings().world_size % 2 != 0 ||
                  (a.Int("num_layers") > 0 && a.Int("num_layers") != 52));
        },
    .why =
        "cuts 52 layers over pairs of ranks itself: beside EP its sends and the expert exchange "
        "wait for each other for ever",
    .fix = "set {expert_model_parallel_size} and {pipeline_model_parallel_size} to 1",
    .valid = "0",
    .source = "DatasunriseOU/cppmega: DualPipeV with EP above 1 deadlocks",
    .stage = Stage::kRun,
    .fails = "CPPMEGA_DUALPIPEV=1 --expert-model-parallel-size 8",
    .passes = "CPPMEGA_DUALPIPEV=1",
};

}  // namespace nam56r::dialect::rules
